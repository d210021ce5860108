//! One request, and its step-up.

use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest_middleware::ClientBuilder;
use stepup_client::{
    AccessToken, AuthorityStepper, BuildError, DeviceStepper, OAuthClient, OAuthStepper, StepUp,
};

use crate::arguments::{CallArguments, PlaceArguments, dialects};
use crate::browser;
use crate::exit::{Exit, Failure};
use crate::output;
use crate::patient::Patient;
use crate::prompter::{NOT_IN_A_TERMINAL, TerminalPrompter};
use crate::request::{self, Data};
use crate::terminal::{Keyboard, Terminal};

const CONNECTING: Duration = Duration::from_secs(20);

pub(crate) async fn call(arguments: CallArguments) -> Result<(), Failure> {
    let method = request::method(&arguments.method)?;
    let url = request::url(&arguments.url)?;
    let mut headers = request::headers(&arguments.headers)?;
    let token = arguments.token.required()?;
    let data = arguments.data.as_deref().map(Data::of);
    let keyboard = match data {
        Some(Data::StandardInput) => Keyboard::Console,
        _ => Keyboard::StandardInput,
    };
    let terminal = Arc::new(Terminal::new(keyboard));
    let step_up = step_up(&arguments, token, &terminal).map_err(Failure::usage)?;
    let policy = if arguments.location { Policy::limited(10) } else { Policy::none() };
    let http = reqwest::Client::builder().redirect(policy).connect_timeout(CONNECTING).build()?;
    let http = ClientBuilder::new(http).with(step_up).build();
    let mut request = http.request(method, url);
    if let Some(data) = data {
        headers = request::with_type_of_body(headers);
        request = request.body(data.read()?);
    }
    let answered =
        async { output::print(request.headers(headers).send().await?, arguments.include).await };
    interruptible(answered, &terminal).await
}

/// Ctrl-C once gives a step-up up, and twice does not wait for that.
async fn interruptible(
    call: impl Future<Output = Result<(), Failure>>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let mut call = std::pin::pin!(call);
    tokio::select! {
        done = &mut call => {
            terminal.done_waiting();
            return done;
        }
        _ = tokio::signal::ctrl_c() => terminal.interrupt(),
    }
    if terminal.is_stepping_up() {
        tokio::select! {
            _ = &mut call => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    }
    Err(Failure::silent(Exit::Interrupted))
}

fn step_up(
    arguments: &CallArguments,
    token: AccessToken,
    terminal: &Arc<Terminal>,
) -> Result<StepUp, BuildError> {
    StepUp::builder(token, stepper(&arguments.place, terminal)?)
        .origin(&arguments.url)
        .dialects(dialects(&arguments.dialect))
        .time_limit(arguments.timeout)
        .build()
}

fn stepper(place: &PlaceArguments, terminal: &Arc<Terminal>) -> Result<Patient, BuildError> {
    if let Some(authority) = &place.authority {
        let prompter = TerminalPrompter::new(terminal.clone());
        let stepper = AuthorityStepper::new(authority, prompter)?;
        let stepper = NOT_IN_A_TERMINAL.into_iter().fold(stepper, AuthorityStepper::without);
        return Ok(Patient::resuming(stepper, terminal.clone()));
    }
    // The arguments demand both where there is no authority.
    let (issuer, client_id) = (place.issuer.as_deref(), place.client_id.as_deref());
    let client = OAuthClient::new(issuer.unwrap_or_default(), client_id.unwrap_or_default())?;
    let mut client = client.scope(&place.scope);
    if let Some(resource) = &place.resource {
        client = client.resource(resource);
    }
    let shown = terminal.clone();
    if place.device {
        let device = DeviceStepper::new(client, move |code| {
            shown.say(&format!("Open {}", code.verification_uri()));
            shown.say(&format!("and type in {}", code.user_code()));
            shown.wait_for("Waiting for your login there; Ctrl-C gives up");
        });
        return Ok(Patient::new(device, terminal.clone()));
    }
    let program = place.browser.clone();
    let browser = OAuthStepper::new(client, move |address| {
        let is_open = browser::open(program.as_deref(), address);
        let told = if is_open { "If no browser opens, go to" } else { "Go to" };
        shown.say(&format!("{told} {address}"));
        shown.wait_for("Waiting for your browser; Ctrl-C gives up");
    });
    Ok(Patient::new(browser, terminal.clone()))
}
