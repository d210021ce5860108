//! O13: a code that was sent is in nothing but the message.

use std::cell::RefCell;

use serde_json::{Value, json};
use stepup_tests::authority::{Service, Setup, User};
use stepup_tests::{Answer, Log};

use crate::scene::{exchange, other_code, setups};

/// Every answer, as it went over the wire.
#[derive(Default)]
struct Wire(RefCell<Vec<String>>);

impl Wire {
    fn keep(&self, answer: Answer) -> Answer {
        let mut text = format!("{}\n", answer.status);
        for (name, value) in &answer.headers {
            text.push_str(&format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes())));
        }
        text.push_str(&String::from_utf8_lossy(&answer.body));
        self.0.borrow_mut().push(text);
        answer
    }
}

/// Enrolled, sent, sent anew, answered wrong and right, at each page.
async fn use_codes(wire: &Wire, service: &Service, [user, owner]: [&User<'_>; 2], details: Value) {
    let begun = wire.keep(owner.try_enrol(details).await).json();
    let enrolment = begun["id"].as_str().unwrap();
    let code = service.outbox.last_code();
    wire.keep(owner.confirm(enrolment, &other_code(&code)).await);
    wire.keep(owner.confirm(enrolment, &code[..5]).await);
    let enrolled = wire.keep(owner.confirm(enrolment, &code).await);
    assert_eq!(enrolled.status, 201);
    wire.keep(owner.confirm(enrolment, &code).await);
    let factor = enrolled.json()["factor"]["id"].as_str().unwrap().to_owned();
    wire.keep(user.get("/step-up/factors").await);
    let wanted = json!({ "acr_values": "mfa" });
    let begun = wire.keep(user.try_begin(wanted).await).json();
    let id = begun["id"].as_str().unwrap();
    for _ in 0..2 {
        service.wait(30);
        assert_eq!(wire.keep(user.prompt(id, &factor).await).status, 200);
        wire.keep(user.prompt(id, &factor).await);
    }
    let code = service.outbox.last_code();
    wire.keep(user.prove(id, &factor, &other_code(&code)).await);
    wire.keep(user.prove_with(id, &json!({ "factor": factor, "code": [code] })).await);
    wire.keep(user.prove_with(id, &json!({ "factor": code, "code": code })).await);
    wire.keep(user.state(id).await);
    let odd = [("factor", factor.as_str()), ("code", code.as_str()), (code.as_str(), "1")];
    let granted = wire.keep(exchange(service, user, id, &odd).await);
    assert_eq!(granted.status, 200, "{}", granted.json());
    wire.keep(user.prove(id, &factor, &code).await);
    wire.keep(user.state(id).await);
    // A message that cannot be sent.
    service.wait(600);
    let begun = user.begin(json!({ "acr_values": "mfa" })).await.id;
    service.outbox.set_down(true);
    assert_eq!(wire.keep(user.prompt(&begun, &factor).await).status, 503);
    service.outbox.set_down(false);
}

async fn scan(setup: Setup) -> (Vec<String>, Vec<String>, String) {
    let wire = Wire::default();
    let service = setup.start().await;
    let alice = service.login("alice").await;
    let app = alice.enrol_totp().await;
    let mut codes = vec![app.code(service.now())];
    let strong = alice.step_up(&app).await;
    let email = json!({ "method": "email", "email": "alice@example.com" });
    use_codes(&wire, &service, [&alice, &strong], email).await;
    let bob = service.login("bob").await;
    use_codes(&wire, &service, [&bob, &bob], json!({ "method": "sms", "phone": "+4915112345678" }))
        .await;
    codes.extend(service.outbox.sent().into_iter().map(|sent| sent.code));
    (codes, wire.0.take(), format!("{:?}", service.events.all()))
}

#[test]
fn o13_a_code_is_in_no_answer_header_log_or_event() {
    for setup in setups() {
        let log = Log::default();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .without_time()
            .with_writer(log.clone())
            .finish();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (codes, answers, events) =
            tracing::subscriber::with_default(subscriber, || runtime.block_on(scan(setup)));
        let log = log.text();
        assert!(log.contains("event=\"sent\"") && log.contains("event=\"unsent\""), "{log}");
        assert!(log.contains("the outbox is down"), "it does log: {log}");
        assert_eq!((codes.len(), answers.len()), (7, 38));
        for code in &codes {
            for text in answers.iter().chain([&log, &events]) {
                // Times and random names are made of the same characters; a code stands alone.
                let at = |(at, _): &(usize, &str)| {
                    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
                    let before = text[..*at].chars().next_back();
                    let after = text[at + code.len()..].chars().next();
                    !before.is_some_and(is_word) && !after.is_some_and(is_word)
                };
                let found = text.match_indices(code.as_str()).find(at);
                assert!(found.is_none(), "{code} in {text}");
            }
        }
    }
}
