//! O8, O9, O11, O15: which code is right, and for how long.

use serde_json::json;
use stepup_authority::factor::Totp;
use stepup_tests::authority::{Setup, TotpApp};

use crate::scene::{exchange, granted, is, other_code, said, setups, token};

stepup_tests::on_every_store!(
    o8_a_code_of_an_app_is_right_once
    o9_no_older_code_after_a_newer_one
    o15_a_sent_code_ends_with_the_next_with_time_with_success_and_with_five_wrong_ones
);

async fn o8_a_code_of_an_app_is_right_once(setup: Setup) {
    let service = setup.start().await;
    let alice = service.login("alice").await;
    let app = alice.enrol_totp().await;
    let elsewhere = service.login("alice").await;
    let first = alice.begin_mfa().await.id;
    let code = app.code(service.now());
    let granted = granted(&alice.prove(&first, &app.factor, &code).await);
    assert_eq!(granted["acr"], "mfa");
    let answer = alice.prove(&first, &app.factor, &code).await;
    assert_eq!(said(&answer), is(409, "ceremony-proved"));
    // In the same step, and in the next, where the window would still take it.
    for wait in [0, 30] {
        service.wait(wait);
        for user in [&alice, &elsewhere] {
            let other = user.begin_mfa().await.id;
            let answer = user.prove(&other, &app.factor, &code).await;
            assert_eq!(said(&answer), is(403, "wrong-answer"), "after {wait} s");
        }
    }
    let other = elsewhere.begin_mfa().await.id;
    let more = [("factor", app.factor.as_str()), ("code", code.as_str())];
    let answer = exchange(&service, &elsewhere, &other, &more).await;
    assert_eq!((answer.status.as_u16(), token(&answer)), (400, None));
    service.wait(900);
    elsewhere.step_up(&app).await;
}

/// The code that enrolled an app is its first: it is used up too.
#[tokio::test]
async fn o8_the_code_that_enrolled_an_app_is_no_proof() {
    for setup in setups() {
        let service = setup.start().await;
        let alice = service.login("alice").await;
        let begun = alice.enrol(json!({ "method": "totp" })).await;
        let app = TotpApp::scan(begun["secret"].as_str().unwrap());
        let code = app.code(service.now());
        let enrolled = alice.confirm(begun["id"].as_str().unwrap(), &code).await;
        let factor = enrolled.json()["factor"]["id"].as_str().unwrap().to_owned();
        let ceremony = alice.begin_mfa().await.id;
        assert_eq!(alice.prove(&ceremony, &factor, &code).await.status, 403);
        let answer = alice.prove(&ceremony, &factor, &app.code(service.now() + 30)).await;
        assert_eq!(answer.status, 200);
    }
}

async fn o9_no_older_code_after_a_newer_one(setup: Setup) {
    let service = setup.start().await;
    let alice = service.login("alice").await;
    let app = alice.enrol_totp().await;
    service.wait(90);
    let now = service.now();
    let first = alice.begin_mfa().await.id;
    let newest = alice.prove(&first, &app.factor, &app.code(now + 30)).await;
    assert_eq!(newest.status, 200, "a clock that is ahead by a step");
    let second = alice.begin_mfa().await.id;
    for older in [now, now - 30, now + 30] {
        let answer = alice.prove(&second, &app.factor, &app.code(older)).await;
        assert_eq!(said(&answer), is(403, "wrong-answer"), "{older} after {now}");
    }
    service.wait(30);
    let answer = alice.prove(&second, &app.factor, &app.code(now + 30)).await;
    assert_eq!(answer.status, 403, "now it is the present one, and used");
    service.wait(30);
    let answer = alice.prove(&second, &app.factor, &app.code(now + 60)).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn o11_only_the_steps_beside_now_are_right() {
    for setup in setups() {
        let framework = setup.framework;
        for step in -2..=2_i64 {
            let service = Setup::new(framework).start().await;
            let alice = service.login("alice").await;
            let app = alice.enrol_totp().await;
            service.wait(300);
            let ceremony = alice.begin_mfa().await.id;
            let code = app.code(service.now().checked_add_signed(step * 30).unwrap());
            let answer = alice.prove(&ceremony, &app.factor, &code).await;
            let expected = if step.abs() <= 1 { 200 } else { 403 };
            assert_eq!(answer.status, expected, "{framework:?} {step}");
        }
    }
    // The row's bound; two is the most that can be set.
    for window in 0..=u8::MAX {
        assert_eq!(Totp::new("Bank").window(window).is_ok(), window <= 2, "{window}");
    }
}

async fn o15_a_sent_code_ends_with_the_next_with_time_with_success_and_with_five_wrong_ones(
    setup: Setup,
) {
    let service = setup.start().await;
    let alice = service.login("alice").await;
    let email = alice.enrol_email("alice@example.com").await;
    let enrolment = service.outbox.last_code();
    let sent = async |ceremony: &str| {
        let answer = alice.prompt(ceremony, &email).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        service.outbox.last_code()
    };
    // The next one.
    let ceremony = alice.begin_mfa().await.id;
    let old = sent(&ceremony).await;
    service.wait(30);
    let new = sent(&ceremony).await;
    assert_ne!(old, new);
    for stale in [&old, &enrolment] {
        let answer = alice.prove(&ceremony, &email, stale).await;
        assert_eq!(said(&answer), is(403, "wrong-answer"));
    }
    // Success.
    assert_eq!(alice.prove(&ceremony, &email, &new).await.status, 200);
    let again = alice.prove(&ceremony, &email, &new).await;
    assert_eq!(said(&again), is(409, "ceremony-proved"));
    service.wait(600);
    // Time: a ceremony's code is good to its last second, and no longer.
    for (wait, expected) in [(599, 200), (600, 410)] {
        let ceremony = alice.begin_mfa().await.id;
        let code = sent(&ceremony).await;
        service.wait(wait);
        assert_eq!(alice.prove(&ceremony, &email, &code).await.status, expected, "{wait}");
        let late = alice.prompt(&ceremony, &email).await;
        assert!([409, 410].contains(&late.status.as_u16()), "{}", late.json());
    }
    service.wait(600);
    // Five wrong ones.
    let alice = service.login("alice").await;
    let ceremony = alice.begin_mfa().await.id;
    assert_eq!(alice.prompt(&ceremony, &email).await.status, 200);
    let code = service.outbox.last_code();
    for left in (0..5).rev() {
        let answer = alice.prove(&ceremony, &email, &other_code(&code)).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["attempts_left"].as_u64()),
            (403, Some(left))
        );
    }
    let answer = alice.prove(&ceremony, &email, &code).await;
    assert_eq!(said(&answer), is(410, "ceremony-over"));
    assert_eq!(alice.prompt(&ceremony, &email).await.status, 410, "and no other is sent");
}
