//! Codes by mail, through a real mail server.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;
use stepup_authority::EventKind;
use stepup_authority::factor::{EmailCode, SmtpMailer, Totp};
use stepup_tests::authority::{Service, Setup};
use stepup_tests::servers::smtp::{Message, Mode, Smtp};

use crate::put_together::{problem, start, token};

macro_rules! on_every_store {
    ($($store:ident $kept:expr;)*) => {$(
        mod $store {
            stepup_tests::on_every_store!(
                @ignored "needs Node.js and npm packages; `cargo xtask test` runs it" ($kept)
                email_over_smtp
                f12_a_mail_server_that_fails_is_asked_once
            );
        }
    )*};
}

on_every_store! {
    memory stepup_tests::authority::Kept::Memory;
    sqlite stepup_tests::authority::Kept::sqlite();
    postgres stepup_tests::authority::Kept::postgres();
    redis stepup_tests::authority::Kept::redis();
}

async fn with_smtp(setup: Setup, smtp: &Smtp) -> Service {
    let url = format!("smtp://127.0.0.1:{}", smtp.port());
    let mailer = SmtpMailer::new(&url, "Bank <no-reply@bank.example>").unwrap();
    let email = EmailCode::new(mailer).accepted_as_second_factor();
    start(setup, |gate| gate, |builder| builder.factor(Totp::new("Bank")).factor(email)).await
}

/// The one run of six digits of a message that is to there.
fn code_in(message: &Message, to: &str) -> String {
    assert_eq!(message.to, [to]);
    assert_eq!(message.from, "no-reply@bank.example");
    assert!(!message.subject.contains(|c: char| c.is_ascii_digit()), "{}", message.subject);
    let digits = message.text.split(|c: char| !c.is_ascii_digit()).filter(|part| part.len() == 6);
    let [code] = *digits.collect::<Vec<_>>() else { panic!("not one code: {}", message.text) };
    code.to_owned()
}

/// Weak token → 401 → ceremony → the code from the mailbox → token → 200.
async fn email_over_smtp(setup: Setup) {
    let mut smtp = Smtp::start();
    let service = with_smtp(setup, &smtp).await;
    let alice = service.login("alice").await;
    let answer = alice.post("/mfa_fresh").await;
    assert_eq!((answer.status.as_u16(), answer.ran), (401, 0));
    let begun = alice.enrol(json!({ "method": "email", "email": "alice@example.com" })).await;
    let code = code_in(&smtp.next_message(), "alice@example.com");
    let id = begun["id"].as_str().unwrap();
    assert_eq!(alice.confirm(id, &code).await.status, 201);
    service.wait(30);

    let ceremony = alice.begin_mfa().await;
    let factor = ceremony.factor("email");
    // F12: however often it is asked for at once, it is sent once.
    let prompts = join_all((0..8).map(|_| alice.prompt(&ceremony.id, &factor))).await;
    let statuses: Vec<_> = prompts.iter().map(|prompt| prompt.status.as_u16()).collect();
    let count = |status: u16| statuses.iter().filter(|found| **found == status).count();
    assert_eq!((count(200), count(429)), (1, 7), "{statuses:?}");
    let [message] = smtp.messages().try_into().expect("one message");
    let code = code_in(&message, "alice@example.com");
    for prompt in &prompts {
        assert!(!String::from_utf8_lossy(&prompt.body).contains(&code), "O13");
    }
    let stepped_up = token(&alice.prove(&ceremony.id, &factor, &code).await);
    let answer = alice.with_token(&stepped_up).post("/mfa_fresh").await;
    assert_eq!((answer.status.as_u16(), answer.ran), (200, 1));
    assert_eq!(service.events.count(EventKind::Sent), 2);
}

async fn f12_a_mail_server_that_fails_is_asked_once(setup: Setup) {
    let mut smtp = Smtp::start();
    let service = with_smtp(setup, &smtp).await;
    for mode in [Mode::Refuse, Mode::Defer, Mode::Hang, Mode::Drop] {
        smtp.set_mode(Mode::Accept);
        let name = format!("{mode:?}").to_lowercase();
        let to = format!("{name}@example.com");
        let alice = service.login(&name).await;
        let app = alice.enrol_totp().await;
        let stepped_up = alice.step_up(&app).await;
        let begun = stepped_up.enrol(json!({ "method": "email", "email": to })).await;
        let code = code_in(&smtp.next_message(), &to);
        let id = begun["id"].as_str().unwrap();
        assert_eq!(stepped_up.confirm(id, &code).await.status, 201);
        service.wait(600);

        let ceremony = alice.begin_mfa().await;
        let factor = ceremony.factor("email");
        smtp.set_mode(mode);
        service.events.clear();
        let begun = Instant::now();
        let unsent = alice.prompt(&ceremony.id, &factor).await;
        let took = begun.elapsed();
        assert_eq!(problem(&unsent), (503, "not-sent".to_owned()), "{mode:?}");
        assert_eq!(unsent.headers["retry-after"], "30");
        assert!(took < Duration::from_millis(5_500), "{mode:?} {took:?}");
        // O13: of the server's words nothing reaches the client, nor of the address.
        let body = String::from_utf8_lossy(&unsent.body).into_owned();
        assert!(!body.contains("example.com") && !body.contains("recipient"), "{body}");
        // It is counted, so that nothing is sent again at once.
        let soon = alice.prompt(&ceremony.id, &factor).await;
        assert_eq!(problem(&soon), (429, "too-many-messages".to_owned()), "{mode:?}");
        // What is lost is the answer: the message itself came, once.
        let came = usize::from(mode == Mode::Drop);
        assert_eq!(smtp.messages().len(), came, "{mode:?}");
        assert_eq!(service.events.count(EventKind::Unsent), 1, "{mode:?}");
        assert_eq!(service.events.count(EventKind::Sent), 0, "{mode:?}");

        // Counted once: of the three in ten minutes two are left.
        smtp.set_mode(Mode::Accept);
        for sends in [true, true, false] {
            service.wait(30);
            let status = alice.prompt(&ceremony.id, &factor).await.status;
            assert_eq!(status, if sends { 200 } else { 429 }, "{mode:?}");
        }
        let messages = smtp.messages();
        assert_eq!(messages.len(), 2, "{mode:?}");
        let code = code_in(&messages[1], &to);

        // The ceremony goes on; with the other factor it ends well, as it would with this one.
        let state = alice.state(&ceremony.id).await.json();
        assert_eq!(state["status"], "pending");
        assert_eq!(state["factors"].as_array().unwrap().len(), 2, "{state}");
        let (factor, code) = match mode {
            Mode::Hang | Mode::Drop => (&factor, code),
            _ => (&app.factor, app.code(service.now())),
        };
        token(&alice.prove(&ceremony.id, factor, &code).await);
    }
}
