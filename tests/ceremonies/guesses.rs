//! O1 to O7: how many guesses are heard, however they are sent.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use stepup_authority::{EventKind, Limits};
use stepup_tests::Answer;
use stepup_tests::authority::{Setup, TotpApp, User};

use crate::scene::{
    check_refused, exchange, heard, interleaved, is, problem, said, send, setups, token, twin,
    wrong_codes,
};

stepup_tests::on_every_store!(
    o1_no_more_than_five_of_many_simultaneous_guesses_are_heard
    o2_many_ceremonies_have_one_budget
    o5_a_success_forgives_no_wrong_answer
    o7_two_instances_and_a_restarted_one_have_one_budget
);

/// O1: as many guesses as that at once; how many were heard.
async fn guess_at_once(setup: Setup, guesses: usize) -> usize {
    let service = setup.start().await;
    let alice = service.login("alice").await;
    let app = alice.enrol_totp().await;
    let ceremony = alice.begin_mfa().await;
    let mut codes = wrong_codes(&app, service.now());
    let at_once: Vec<_> = codes.by_ref().take(guesses).collect();
    let each = at_once.iter().map(|code| alice.prove(&ceremony.id, &app.factor, code));
    let answers = join_all(each).await;
    check_refused(&answers);
    let mut total = heard(&answers);
    assert!((1..=5).contains(&total), "{total} of {guesses}");
    // A store that could not take all at once heard fewer; it hears the rest now.
    for code in codes.take(6) {
        total += heard(&[alice.prove(&ceremony.id, &app.factor, &code).await]);
    }
    assert!(total <= 5, "{total}");
    assert_eq!(service.events.count(EventKind::Failed), total);
    let right = alice.prove(&ceremony.id, &app.factor, &app.code(service.now())).await;
    assert_eq!(said(&right), is(410, "ceremony-over"));
    let another = alice.begin_mfa().await;
    let right = alice.prove(&another.id, &app.factor, &app.code(service.now())).await;
    assert_eq!(said(&right), is(429, "factor-locked"), "the count is full");
    assert_eq!(right.headers["retry-after"], "900");
    total
}

async fn o1_no_more_than_five_of_many_simultaneous_guesses_are_heard(setup: Setup) {
    guess_at_once(setup, 40).await;
}

#[tokio::test]
async fn o1_of_a_thousand_guesses_at_once_five_are_heard() {
    for setup in interleaved() {
        assert_eq!(guess_at_once(setup, 1000).await, 5);
    }
}

/// Guesses at each app in turn, five times in each of these many ceremonies.
async fn guess_in(user: &User<'_>, apps: &[TotpApp], now: u64, ceremonies: usize) -> usize {
    let mut codes = wrong_codes(&apps[0], now);
    let mut total = 0;
    for _ in 0..ceremonies {
        let ceremony = user.begin_mfa().await;
        let codes: Vec<_> = codes.by_ref().take(5).collect();
        let apps = apps.iter().cycle();
        let guess = |(code, app): (_, &TotpApp)| (code, app.factor.clone());
        let guesses: Vec<_> = codes.iter().zip(apps).map(guess).collect();
        let each = guesses.iter().map(|(code, factor)| user.prove(&ceremony.id, factor, code));
        let answers = join_all(each).await;
        check_refused(&answers);
        total += heard(&answers);
    }
    total
}

/// O2: three apps, so that no budget but the user's is met, and the limits of beginning out of
/// the way.
async fn many_ceremonies(setup: Setup, ceremonies: usize) {
    let setup = setup.with(|builder| builder.limits(Limits::default().open_ceremonies(1000)));
    let service = setup.start().await;
    let alice = service.login("alice").await;
    let mut apps = vec![alice.enrol_totp().await];
    let stepped_up = alice.step_up(&apps[0]).await;
    apps.push(stepped_up.enrol_totp().await);
    apps.push(stepped_up.enrol_totp().await);
    for window in 0..2 {
        assert_eq!(guess_in(&alice, &apps, service.now(), ceremonies).await, 10, "{window}");
        let ceremony = alice.begin_mfa().await;
        for app in &apps {
            let answer = alice.prove(&ceremony.id, &app.factor, &app.code(service.now())).await;
            assert_eq!(said(&answer), is(429, "factor-locked"));
        }
        service.wait(899);
        let answer = alice.prove(&alice.begin_mfa().await.id, &apps[0].factor, "000000").await;
        assert_eq!(said(&answer), is(429, "factor-locked"));
        assert_eq!(answer.headers["retry-after"], "1");
        service.wait(1);
    }
}

async fn o2_many_ceremonies_have_one_budget(setup: Setup) {
    many_ceremonies(setup, 20).await;
}

#[tokio::test]
async fn o2_of_a_thousand_guesses_in_two_hundred_ceremonies_ten_are_heard() {
    for setup in interleaved() {
        many_ceremonies(setup, 200).await;
    }
}

#[tokio::test]
async fn o3_no_header_of_the_clients_moves_the_budget() {
    for setup in setups() {
        let service = setup.start().await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        let mut answers = Vec::new();
        for (number, code) in wrong_codes(&app, service.now()).take(20).enumerate() {
            let ceremony = alice.begin_mfa().await.id;
            let path = format!("/step-up/ceremonies/{ceremony}/proof");
            let address = format!("203.0.113.{number}");
            let forwarded = format!("for={address};proto=https");
            let headers = [
                crate::scene::JSON,
                ("x-forwarded-for", address.as_str()),
                ("forwarded", &forwarded),
                ("x-real-ip", &address),
                ("true-client-ip", &address),
                ("cf-connecting-ip", &address),
                ("user-agent", &address),
                ("cookie", &address),
            ];
            let body = json!({ "factor": app.factor, "code": code }).to_string();
            answers.push(send(&service, &alice, ("POST", &path), &headers, &body).await);
            alice.cancel(&ceremony).await;
            if number == 9 {
                // So that another 20 may be begun; the guesses still count.
                service.wait(600);
            }
        }
        check_refused(&answers);
        assert_eq!(heard(&answers), 5);
    }
}

/// O4: a ceremony's answer, the token endpoint and two enrolments are all that looks at codes.
#[tokio::test]
async fn o4_every_page_that_looks_at_a_code_counts_it() {
    for setup in setups() {
        let service = setup.start().await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        let strong = alice.step_up(&app).await;
        let new = strong.enrol(json!({ "method": "totp" })).await;
        let new_app = TotpApp::scan(new["secret"].as_str().unwrap());
        let mail = strong.enrol(json!({ "method": "email", "email": "a@example.com" })).await;
        let mut codes = wrong_codes(&app, service.now());
        let (first, second) = (alice.begin_mfa().await.id, alice.begin_mfa().await.id);
        let mut at_token = async |ceremony: &str| {
            let code = codes.next().unwrap();
            let more = [("factor", app.factor.as_str()), ("code", code.as_str())];
            exchange(&service, &alice, ceremony, &more).await
        };
        for ceremony in [&first, &second] {
            let answer = at_token(ceremony).await;
            assert_eq!(
                (answer.status.as_u16(), &answer.json()["error"]),
                (400, &"invalid_grant".into())
            );
            assert_eq!(service.events.count(EventKind::Failed) % 2, 1);
            let answer = alice.prove(ceremony, &app.factor, &app.wrong_code(service.now())).await;
            assert_eq!(said(&answer), is(403, "wrong-answer"));
            assert_eq!(answer.json()["attempts_left"], 3, "the other page's counted");
        }
        assert_eq!(at_token(&first).await.status, 400);
        assert_eq!(service.events.count(EventKind::Failed), 5);
        // The factor's five are gone, at either page.
        assert_eq!(at_token(&second).await.status, 429);
        let right = app.code(service.now());
        assert_eq!(alice.prove(&second, &app.factor, &right).await.status, 429);
        // Five are left for the user, at the enrolments.
        let confirm = async |enrolment: &serde_json::Value, code: &str| {
            strong.confirm(enrolment["id"].as_str().unwrap(), code).await
        };
        for code in wrong_codes(&new_app, service.now()).take(3) {
            assert_eq!(confirm(&new, &code).await.status, 403);
        }
        let code = crate::scene::other_code(&service.outbox.last_code());
        assert_eq!(confirm(&mail, &code).await.status, 403);
        assert_eq!(confirm(&mail, &code).await.status, 403);
        assert_eq!(service.events.count(EventKind::Failed), 10);
        assert_eq!(confirm(&new, &new_app.code(service.now())).await.status, 429);
        assert_eq!(confirm(&mail, &service.outbox.last_code()).await.status, 429);
        let again = strong.enrol(json!({ "method": "totp" })).await;
        let again_app = TotpApp::scan(again["secret"].as_str().unwrap());
        assert_eq!(confirm(&again, &again_app.code(service.now())).await.status, 429);
    }
}

async fn o5_a_success_forgives_no_wrong_answer(setup: Setup) {
    let service = setup.start().await;
    let alice = service.login("alice").await;
    let app = alice.enrol_totp().await;
    let stepped_up = alice.step_up(&app).await;
    let email = stepped_up.enrol_email("alice@example.com").await;
    let mallory = service.login("mallory").await;
    let own = mallory.enrol_totp().await;
    let wrong = async || -> Answer {
        let ceremony = alice.begin_mfa().await.id;
        alice.prove(&ceremony, &app.factor, &app.wrong_code(service.now())).await
    };
    let reset = Duration::from_secs(900);
    for round in 0..4 {
        assert_eq!(wrong().await.status, 403);
        match round {
            // The guesser's own success, that with another factor, and that with the same one.
            0 => drop(mallory.step_up(&own).await),
            1 => {
                let ceremony = alice.begin_mfa().await.id;
                assert_eq!(alice.prompt(&ceremony, &email).await.status, 200);
                let answer = alice.prove(&ceremony, &email, &service.outbox.last_code()).await;
                assert!(token(&answer).is_some());
            }
            _ => drop(alice.step_up(&app).await),
        }
    }
    assert_eq!(wrong().await.status, 403);
    let sixth = wrong().await;
    assert_eq!(said(&sixth), is(429, "factor-locked"));
    let seconds: u64 = sixth.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!(seconds < reset.as_secs() && seconds > 600, "{seconds}");
}

/// In memory the instances share one store object: two processes with one each are two
/// authorities, which `MemoryStore` says.
async fn o7_two_instances_and_a_restarted_one_have_one_budget(setup: Setup) {
    let (second, restarted) = (twin(&setup), twin(&setup));
    let instances = [setup.start().await, second.start().await];
    let alice = instances[0].login("alice").await;
    let app = alice.enrol_totp().await;
    let there = instances[1].login("alice").await.with_token(&alice.token);
    let mut answers = Vec::new();
    let codes: Vec<_> = wrong_codes(&app, instances[0].now()).take(8).collect();
    let ceremony = alice.begin_mfa().await.id;
    for (number, code) in codes.iter().enumerate() {
        let user = [&alice, &there][number % 2];
        answers.push(user.prove(&ceremony, &app.factor, code).await);
    }
    check_refused(&answers);
    assert_eq!(heard(&answers), 5);
    drop(there);
    let restarted = restarted.start().await;
    let alice = restarted.login("alice").await.with_token(&alice.token);
    let ceremony = alice.begin_mfa().await.id;
    let answer = alice.prove(&ceremony, &app.factor, &app.code(restarted.now())).await;
    assert_eq!(problem(&answer), "factor-locked");
    let failed: usize =
        instances.iter().map(|service| service.events.count(EventKind::Failed)).sum();
    assert_eq!(failed, 5);
}
