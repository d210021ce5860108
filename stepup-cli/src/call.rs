//! One request, and its step-up.

use std::sync::Arc;
use std::time::Duration;

use stepup_client::{
    AccessToken, AuthorityStepper, BuildError, DeviceStepper, OAuthClient, OAuthStepper, StepUp,
};
use tokio::time::timeout;

use crate::arguments::{CallArguments, PlaceArguments, dialects};
use crate::browser;
use crate::exit::{Exit, Failure};
use crate::keyboard::Keyboard;
use crate::output;
use crate::patient::Patient;
use crate::prompter::{NOT_IN_A_TERMINAL, TerminalPrompter};
use crate::request::{self, Data};
use crate::sent::Sent;
use crate::signals::told_to_end;
use crate::terminal::Terminal;

/// Whoever has more is taken for a loop.
const MOST_REDIRECTS: usize = 10;
/// Whoever gives up does not wait longer than this for the authority to hear of it.
const GRACE: Duration = Duration::from_secs(5);

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
    let step_up = step_up(&arguments, token, &terminal)?;
    let body = data.map(Data::read).transpose()?;
    if body.is_some() {
        headers = request::with_type_of_body(headers);
    }
    let sent = Sent { method, url, headers, body };
    let hops = if arguments.location { MOST_REDIRECTS } else { 0 };
    let answered =
        async { output::print(sent.answer(&step_up, hops).await?, arguments.include).await };
    interruptible(answered, &step_up, &terminal).await
}

/// Ctrl-C once gives a step-up up, and twice does not wait for that. So does being told to end.
async fn interruptible(
    call: impl Future<Output = Result<(), Failure>>,
    step_up: &StepUp,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let done = tokio::select! {
        done = call => done,
        () = told_to_end() => Err(Failure::silent(Exit::Interrupted)),
    };
    terminal.leave();
    let is_left = |failure: &Failure| matches!(failure.exit, Exit::Interrupted | Exit::TimedOut);
    if done.as_ref().is_err_and(is_left) {
        tokio::select! {
            _ = timeout(GRACE, step_up.cancel()) => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    }
    done
}

fn step_up(
    arguments: &CallArguments,
    token: AccessToken,
    terminal: &Arc<Terminal>,
) -> Result<StepUp, Failure> {
    let option = if arguments.place.authority.is_some() { "--authority" } else { "--issuer" };
    let stepper = stepper(&arguments.place, terminal);
    let stepper = stepper.map_err(|error| Failure::usage(format!("{option}: {error}")))?;
    StepUp::builder(token, stepper)
        .origin(&arguments.url)
        .dialects(dialects(&arguments.dialect))
        .time_limit(arguments.timeout)
        .build()
        .map_err(Failure::usage)
}

fn stepper(place: &PlaceArguments, terminal: &Arc<Terminal>) -> Result<Patient, BuildError> {
    if let Some(authority) = &place.authority {
        let prompter = TerminalPrompter::new(terminal.clone());
        let stepper = AuthorityStepper::new(authority, prompter)?;
        let stepper = NOT_IN_A_TERMINAL.into_iter().fold(stepper, AuthorityStepper::without);
        return Ok(Patient::new(stepper, terminal.clone()));
    }
    // The arguments demand both where there is no authority.
    let (issuer, client_id) = (place.issuer.as_deref(), place.client_id.as_deref());
    let client = OAuthClient::new(issuer.unwrap_or_default(), client_id.unwrap_or_default())?;
    let mut client = client.scope(&place.scope);
    if let Some(resource) = &place.resource {
        client = client.resource(resource);
    }
    if let Some(subject) = &place.subject {
        client = client.subject(subject);
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
