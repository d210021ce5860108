//! `stepup call` at an authority, on every store and in both frameworks.

use std::time::Duration;

use stepup_authority::EventKind;
use stepup_core::Level;
use stepup_tests::authority::Setup;

use crate::bank::Bank;
use crate::elsewhere::Elsewhere;
use crate::process::Process;
use crate::raw::{Raw, answer};

stepup_tests::on_every_store! {
    a_code_of_an_app
    a_wrong_code_is_asked_again
    one_of_several_factors_by_its_number
    ctrl_c_cancels_the_ceremony
    ctrl_c_cancels_what_is_waited_for
    the_end_of_the_input_cancels_the_ceremony
}

fn transfer(bank: &Bank, token: &str) -> Process {
    let page = bank.page("/mfa_fresh");
    Process::start(&["call", "POST", &page, "--authority", &bank.url, "-d", "{}"], token)
}

async fn a_code_of_an_app(setup: Setup) {
    let bank = Bank::open(setup).await;
    let alice = bank.service.login("alice").await;
    let app = alice.enrol_totp().await;
    let mut process = transfer(&bank, &alice.token);
    process.hear("asks for a login at level mfa or phr or phrh, at most 300 s old").await;
    process.hear("It says: This needs a stronger sign-in").await;
    process.hear("Code of your authenticator app:").await;
    assert!(!process.in_the_process_list().contains(&alice.token));
    assert_eq!(bank.ran(), 0);
    process.types(&app.code(bank.service.now()));
    let ended = process.ended().await;
    assert_eq!((ended.code, ended.stdout.as_str()), (0, "done"), "{}", ended.stderr);
    assert_eq!(bank.ran(), 1);
    // Of the login's token and the other one: both begin so.
    assert!(!ended.stderr.contains("eyJ"), "{}", ended.stderr);
}

async fn a_wrong_code_is_asked_again(setup: Setup) {
    let bank = Bank::open(setup).await;
    let alice = bank.service.login("alice").await;
    let app = alice.enrol_totp().await;
    let mut process = transfer(&bank, &alice.token);
    process.hear("Code of").await;
    process.types(&app.wrong_code(bank.service.now()));
    process.hear("That was not right; 4 more attempts.").await;
    process.hear("Code of").await;
    process.types(&format!(" {} ", app.code(bank.service.now())));
    let ended = process.ended().await;
    assert_eq!((ended.code, ended.stdout.as_str()), (0, "done"), "{}", ended.stderr);
}

async fn one_of_several_factors_by_its_number(setup: Setup) {
    let bank = Bank::open(setup).await;
    let alice = bank.service.login("alice").await;
    let app = alice.enrol_totp().await;
    let (_, codes) = alice.step_up(&app).await.enrol_recovery().await;
    let mut process = transfer(&bank, &alice.token);
    let offer = process.hear("one of your recovery codes").await;
    let number = offer.split_whitespace().next().unwrap().to_owned();
    for none_of_them in ["0", "3", "x", ""] {
        process.hear("Which? (1 to 2)").await;
        process.types(none_of_them);
    }
    process.hear("Which?").await;
    process.types(&number);
    process.hear("One of your recovery codes").await;
    // Nothing: to choose again.
    process.types("");
    process.hear("Which?").await;
    process.types(&number);
    process.hear("One of your recovery codes").await;
    process.types(&codes[0]);
    let ended = process.ended().await;
    assert_eq!((ended.code, ended.stdout.as_str()), (0, "done"), "{}", ended.stderr);
}

async fn ctrl_c_cancels_the_ceremony(setup: Setup) {
    let bank = Bank::open(setup).await;
    let alice = bank.service.login("alice").await;
    alice.enrol_totp().await;
    let mut process = transfer(&bank, &alice.token);
    process.hear("Code of").await;
    process.interrupts();
    let ended = process.ended().await;
    assert_eq!((ended.code, ended.stdout.as_str()), (130, ""), "{}", ended.stderr);
    let events = &bank.service.events;
    assert_eq!((events.count(EventKind::Begun), events.count(EventKind::Cancelled)), (1, 1));
    assert_eq!(bank.ran(), 0);
}

async fn ctrl_c_cancels_what_is_waited_for(setup: Setup) {
    let phone = Elsewhere::reaching(Level::MFA, &[None]);
    let of_bank = phone.clone();
    let bank = Bank::open(setup.with(move |builder| builder.factor(of_bank))).await;
    let alice = bank.service.login("alice").await;
    phone.enrol(&alice).await;
    let mut process = transfer(&bank, &alice.token);
    process.hear("Type or choose this number on your phone: 42").await;
    process.hear("Waiting for your phone").await;
    process.interrupts();
    let ended = process.ended().await;
    assert_eq!(ended.code, 130, "{}", ended.stderr);
    assert_eq!(bank.service.events.count(EventKind::Cancelled), 1);
}

async fn the_end_of_the_input_cancels_the_ceremony(setup: Setup) {
    let bank = Bank::open(setup).await;
    let alice = bank.service.login("alice").await;
    alice.enrol_totp().await;
    let mut process = transfer(&bank, &alice.token);
    process.hear("Code of").await;
    process.hangs_up();
    let ended = process.ended().await;
    assert_eq!((ended.code, ended.stdout.as_str()), (6, ""), "{}", ended.stderr);
    assert_eq!(bank.service.events.count(EventKind::Cancelled), 1);
}

/// What is not about a store.
mod other_ends {
    use stepup_tests::Framework;

    use super::*;

    async fn bank() -> Bank {
        Bank::open(Setup::new(Framework::Axum)).await
    }

    #[tokio::test]
    async fn who_has_no_factor_is_told_what_to_enrol() {
        let bank = bank().await;
        let alice = bank.service.login("alice").await;
        let ended = transfer(&bank, &alice.token).ended().await;
        assert_eq!(ended.code, 5, "{}", ended.stderr);
        assert!(ended.stderr.contains("enrol one of: totp"), "{}", ended.stderr);
    }

    #[tokio::test]
    async fn it_takes_no_longer_than_it_may() {
        let bank = bank().await;
        let alice = bank.service.login("alice").await;
        alice.enrol_totp().await;
        let page = bank.page("/mfa");
        let arguments = ["call", "GET", &page, "--authority", &bank.url, "--timeout", "1"];
        let mut process = Process::start(&arguments, &alice.token);
        process.hear("Code of").await;
        let ended = process.ended().await;
        assert_eq!(ended.code, 7, "{}", ended.stderr);
        assert_eq!(bank.service.events.count(EventKind::Cancelled), 1, "nobody goes on with it");
    }

    #[tokio::test]
    async fn a_pipe_may_hold_all_answers_from_the_beginning() {
        let bank = bank().await;
        let alice = bank.service.login("alice").await;
        let app = alice.enrol_totp().await;
        let mut process = transfer(&bank, &alice.token);
        process.types(&app.wrong_code(bank.service.now()));
        process.types(&app.code(bank.service.now()));
        let ended = process.ended().await;
        assert_eq!((ended.code, ended.stdout.as_str()), (0, "done"), "{}", ended.stderr);
    }

    #[tokio::test]
    async fn a_signal_to_end_cancels_the_ceremony() {
        let bank = bank().await;
        let alice = bank.service.login("alice").await;
        alice.enrol_totp().await;
        let mut process = transfer(&bank, &alice.token);
        process.hear("Code of").await;
        process.is_sent("TERM");
        let ended = process.ended().await;
        assert_eq!((ended.code, ended.stdout.as_str()), (130, ""), "{}", ended.stderr);
        assert_eq!(bank.service.events.count(EventKind::Cancelled), 1);
    }

    /// Though its name is not yet known.
    #[tokio::test]
    async fn ctrl_c_cancels_a_ceremony_that_only_begins() {
        let server = Raw::start(|head| match head {
            head if head.starts_with("post /step-up/ceremonies ") => {
                std::thread::sleep(Duration::from_secs(1));
                answer("201 Created", "", r#"{"id":"c_1","expires_in":300,"factors":[]}"#)
            }
            head if head.contains("/step-up/") => answer("204 No Content", "", ""),
            _ => {
                let step_up = "Bearer error=\"insufficient_user_authentication\"";
                answer("401 Unauthorized", &format!("www-authenticate: {step_up}\r\n"), "")
            }
        });
        let process =
            Process::start(&["call", "GET", &server.url, "--authority", &server.url], "login");
        while server.seen().len() < 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        process.interrupts();
        assert_eq!(process.ended().await.code, 130);
        let last = server.seen().pop().unwrap();
        assert!(last.starts_with("delete /step-up/ceremonies/c_1 "), "{last}");
    }

    /// Ctrl-C has nothing sent that the person did not want.
    #[tokio::test]
    async fn ctrl_c_sends_no_other_code() {
        let bank = bank().await;
        let alice = bank.service.login("alice").await;
        alice.enrol_email("alice@example.com").await;
        bank.service.wait(600);
        let before = bank.service.outbox.sent().len();
        let mut process = transfer(&bank, &alice.token);
        process.hear("Code that was sent to").await;
        process.interrupts();
        assert_eq!(process.ended().await.code, 130);
        assert_eq!(bank.service.outbox.sent().len(), before + 1);
        assert_eq!(bank.service.events.count(EventKind::Cancelled), 1);
    }

    #[tokio::test]
    async fn guessing_ends() {
        let bank = bank().await;
        let alice = bank.service.login("alice").await;
        let app = alice.enrol_totp().await;
        let mut process = transfer(&bank, &alice.token);
        for _ in 0..5 {
            process.hear("Code of").await;
            process.types(&app.wrong_code(bank.service.now()));
        }
        let ended = process.ended().await;
        assert_eq!(ended.code, 5, "{}", ended.stderr);
        assert_eq!(bank.ran(), 0);
    }
}
