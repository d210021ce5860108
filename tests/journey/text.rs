//! Codes by text message, through Twilio's form and a server that is strict about it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::post;
use http::{HeaderMap, StatusCode};
use serde_json::json;
use stepup_authority::EventKind;
use stepup_authority::factor::{TextCode, Totp, TwilioSender};
use stepup_tests::Served;
use stepup_tests::authority::{Service, Setup};

use crate::exchange::pairs;
use crate::put_together::{problem, start, token};

stepup_tests::on_every_store!(
    text_through_twilio_ends_in_a_token_that_is_admitted
    f12_a_text_provider_that_fails_is_asked_once
);

const NUMBER: &str = "+4915112345678";

/// A provider of text messages, which takes no other form than its own.
#[derive(Clone, Default)]
struct Provider(Arc<Mutex<Books>>);

#[derive(Default)]
struct Books {
    conduct: Conduct,
    asked: usize,
    /// By the name of the sending.
    messages: Vec<(String, String)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Conduct {
    #[default]
    Takes,
    Refuses,
    Fails,
    /// Takes the message, and never says so.
    Hangs,
}

impl Provider {
    fn serve(&self) -> Served {
        let messages = post(take).with_state(self.clone());
        Served::axum(Router::new().route("/2010-04-01/Accounts/{account}/Messages.json", messages))
    }

    fn conducts(&self, conduct: Conduct) {
        self.0.lock().unwrap().conduct = conduct;
    }

    fn asked(&self) -> usize {
        self.0.lock().unwrap().asked
    }

    fn messages(&self) -> Vec<(String, String)> {
        self.0.lock().unwrap().messages.clone()
    }

    /// The one run of six digits of the last message.
    fn last_code(&self) -> String {
        let (_, text) = self.messages().pop().expect("a message");
        let digits = text.split(|c: char| !c.is_ascii_digit()).filter(|part| part.len() == 6);
        let [code] = *digits.collect::<Vec<_>>() else { panic!("not one code: {text}") };
        code.to_owned()
    }
}

async fn take(
    State(provider): State<Provider>,
    Path(account): Path<String>,
    headers: HeaderMap,
    body: String,
) -> (StatusCode, String) {
    let pairs = pairs(&body);
    let refuse = |code: u32| {
        (StatusCode::BAD_REQUEST, json!({ "code": code, "message": NUMBER }).to_string())
    };
    let form: HashMap<_, _> = pairs.iter().cloned().collect();
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
    // AC1:token
    if account != "AC1" || header("authorization") != "Basic QUMxOnRva2Vu" {
        return (StatusCode::UNAUTHORIZED, json!({ "code": 20003 }).to_string());
    }
    let names: Vec<_> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    let to = form.get("To").map(String::as_str).unwrap_or_default();
    if names != ["To", "From", "Body"] || form["From"] != "+15005550006" || to != NUMBER {
        return refuse(21211);
    }
    let id = header("i-twilio-idempotency-token").to_owned();
    if id.is_empty() || header("content-type") != "application/x-www-form-urlencoded" {
        return refuse(21603);
    }
    let conduct = {
        let mut books = provider.0.lock().unwrap();
        books.asked += 1;
        if matches!(books.conduct, Conduct::Takes | Conduct::Hangs) {
            books.messages.push((id, form["Body"].clone()));
        }
        books.conduct
    };
    match conduct {
        Conduct::Takes => (StatusCode::CREATED, json!({ "sid": "SM1" }).to_string()),
        Conduct::Refuses => refuse(21610),
        Conduct::Fails => (StatusCode::SERVICE_UNAVAILABLE, String::new()),
        Conduct::Hangs => std::future::pending().await,
    }
}

async fn with_twilio(setup: Setup, served: &Served) -> Service {
    let url = format!("http://{}", served.address());
    let sender = TwilioSender::new("AC1", "token", "+15005550006").unwrap().base_url(&url).unwrap();
    start(
        setup,
        |gate| gate,
        |builder| builder.factor(Totp::new("Bank")).factor(TextCode::new(sender)),
    )
    .await
}

async fn text_through_twilio_ends_in_a_token_that_is_admitted(setup: Setup) {
    let provider = Provider::default();
    let served = provider.serve();
    let service = with_twilio(setup, &served).await;
    let alice = service.login("alice").await;
    assert_eq!(alice.post("/mfa_fresh").await.status, 401);
    let begun = alice.enrol(json!({ "method": "sms", "phone": NUMBER })).await;
    let id = begun["id"].as_str().unwrap();
    assert_eq!(alice.confirm(id, &provider.last_code()).await.status, 201);
    service.wait(30);

    let ceremony = alice.begin_mfa().await;
    let factor = ceremony.factor("sms");
    let prompt = alice.prompt(&ceremony.id, &factor).await;
    assert_eq!(prompt.status, 200, "{}", prompt.json());
    // O13: the code is in the message, and nowhere in the answers.
    let code = provider.last_code();
    assert!(!String::from_utf8_lossy(&prompt.body).contains(&code));
    let stepped_up = token(&alice.prove(&ceremony.id, &factor, &code).await);
    let answer = alice.with_token(&stepped_up).post("/mfa_fresh").await;
    assert_eq!((answer.status.as_u16(), answer.ran), (200, 1));
    let [(one, _), (two, _)] = provider.messages().try_into().expect("two messages");
    assert_ne!(one, two, "each sending has a name of its own");
    assert_eq!((service.events.count(EventKind::Sent), provider.asked()), (2, 2));
}

async fn f12_a_text_provider_that_fails_is_asked_once(setup: Setup) {
    let provider = Provider::default();
    let served = provider.serve();
    let service = with_twilio(setup, &served).await;
    for conduct in [Conduct::Refuses, Conduct::Fails, Conduct::Hangs] {
        provider.conducts(Conduct::Takes);
        // The number is the same, so what was sent before has to be out of its window.
        service.wait(600);
        let alice = service.login(&format!("{conduct:?}")).await;
        let app = alice.enrol_totp().await;
        let stepped_up = alice.step_up(&app).await;
        let begun = stepped_up.enrol(json!({ "method": "sms", "phone": NUMBER })).await;
        let id = begun["id"].as_str().unwrap();
        assert_eq!(stepped_up.confirm(id, &provider.last_code()).await.status, 201);
        service.wait(600);

        let ceremony = alice.begin_mfa().await;
        let factor = ceremony.factor("sms");
        provider.conducts(conduct);
        service.events.clear();
        let (before, begun) = (provider.asked(), Instant::now());
        let unsent = alice.prompt(&ceremony.id, &factor).await;
        assert_eq!(problem(&unsent), (503, "not-sent".to_owned()), "{conduct:?}");
        assert_eq!(unsent.headers["retry-after"], "30");
        assert!(
            begun.elapsed() < Duration::from_millis(5_500),
            "{conduct:?} {:?}",
            begun.elapsed()
        );
        assert_eq!(begun.elapsed() >= Duration::from_millis(4_900), conduct == Conduct::Hangs);
        // Counted: nothing more is sent before the interval is over.
        let soon = alice.prompt(&ceremony.id, &factor).await;
        assert_eq!(problem(&soon), (429, "too-many-messages".to_owned()), "{conduct:?}");
        assert_eq!(provider.asked() - before, 1, "{conduct:?}");
        assert_eq!(service.events.count(EventKind::Unsent), 1);
        assert_eq!(service.events.count(EventKind::Sent), 0);
        // The ceremony goes on, and with the other factor it ends well.
        let state = alice.state(&ceremony.id).await.json();
        assert_eq!(state["status"], "pending");
        assert_eq!(state["factors"].as_array().unwrap().len(), 2, "{state}");
        token(&alice.prove(&ceremony.id, &app.factor, &app.code(service.now())).await);
    }
}
