//! F7: clocks that jump. No code is right twice, and all is well again when the clock is.

use std::collections::HashSet;

use stepup_core::Timestamp;
use stepup_tests::authority::{Service, Setup, TotpApp};

stepup_tests::on_every_store!(
    f7_an_hour_back_makes_no_code_right_again
    f7_an_hour_ahead_and_back_leaves_nothing_behind
    f7_a_clock_that_flaps_makes_no_code_right_twice
);

const HOUR: u64 = 3600;

/// A login and a ceremony by the clock of now, answered with this code.
async fn proved(service: &Service, app: &TotpApp, code: &str) -> u16 {
    let alice = service.login("alice").await;
    let ceremony = alice.begin_mfa().await;
    alice.prove(&ceremony.id, &app.factor, code).await.status.as_u16()
}

fn set(service: &Service, now: u64) {
    service.clock.set(Timestamp::from_secs(now));
}

async fn f7_an_hour_back_makes_no_code_right_again(setup: Setup) {
    let service = setup.start().await;
    let alice = service.login("alice").await;
    let app = alice.enrol_totp().await;
    let now = service.now();
    let used = app.code(now);
    assert_eq!(proved(&service, &app, &used).await, 200);
    let open = alice.begin_mfa().await;
    set(&service, now - HOUR);
    // Tokens and ceremonies of what is now the future are refused at once.
    assert_eq!(alice.state(&open.id).await.status, 401);
    assert_eq!(proved(&service, &app, &used).await, 403);
    assert_eq!(proved(&service, &app, &app.code(now - HOUR)).await, 403);
    assert_eq!(proved(&service, &app, &app.code(now - HOUR + 30)).await, 403);
    set(&service, now + 30);
    assert_eq!(proved(&service, &app, &used).await, 403);
    assert_eq!(proved(&service, &app, &app.code(now + 30)).await, 200);
    let code = app.code(now + 60);
    assert_eq!(alice.prove(&open.id, &app.factor, &code).await.status, 200);
}

async fn f7_an_hour_ahead_and_back_leaves_nothing_behind(setup: Setup) {
    let service = setup.start().await;
    let alice = service.login("alice").await;
    let app = alice.enrol_totp().await;
    let now = service.now();
    let open = alice.begin_mfa().await;
    set(&service, now + HOUR);
    assert_eq!(alice.state(&open.id).await.status, 401, "its token is over");
    let ahead = service.login("alice").await;
    let of_ahead = ahead.begin_mfa().await;
    // The user's phone has the right time.
    for _ in 0..3 {
        let code = app.code(now);
        assert_eq!(ahead.prove(&of_ahead.id, &app.factor, &code).await.status, 403);
    }
    set(&service, now);
    assert_eq!(ahead.state(&of_ahead.id).await.status, 401, "its token is of the future");
    let code = app.code(now);
    // What was begun before goes on, if it was not thrown away as over while the clock said so.
    match alice.prove(&open.id, &app.factor, &code).await.status.as_u16() {
        200 => {}
        404 => assert_eq!(proved(&service, &app, &code).await, 200),
        other => panic!("{other}"),
    }
    assert_eq!(proved(&service, &app, &code).await, 403);
    set(&service, now + 30);
    assert_eq!(proved(&service, &app, &app.code(now + 30)).await, 200);
    // Wrong answers of then are over when theirs are, not an hour later.
    set(&service, now + 30 + 900);
    let alice = service.login("alice").await;
    let ceremony = alice.begin_mfa().await;
    for wrong in 1..=5 {
        let code = app.wrong_code(service.now());
        let status = alice.prove(&ceremony.id, &app.factor, &code).await.status;
        assert_eq!(status, 403, "wrong answer {wrong}");
    }
}

async fn f7_a_clock_that_flaps_makes_no_code_right_twice(setup: Setup) {
    let service = setup.start().await;
    let alice = service.login("alice").await;
    let app = alice.enrol_totp().await;
    let begin = service.now();
    // The code that enrolled it is used up.
    let enrolled = begin / 30 - 1;
    let mut right = HashSet::from([enrolled]);
    let (mut accepted, mut last) = (0, enrolled);
    for second in 0..120 {
        // Three seconds back and forth, over the edge of each step. It stays ahead of logins.
        let now = begin + second * 15 - if second % 2 == 0 { 3 } else { 0 };
        set(&service, now);
        let alice = service.login("alice").await;
        let begun = alice.try_begin(serde_json::json!({ "acr_values": "mfa" })).await;
        if begun.status != 201 {
            assert_eq!(begun.status, 429, "{}", begun.json());
            continue;
        }
        let id = begun.json()["id"].as_str().unwrap().to_owned();
        for step in [now / 30, now / 30 - 1] {
            let answer = alice.prove(&id, &app.factor, &app.code(step * 30)).await;
            match answer.status.as_u16() {
                200 => {
                    assert!(right.insert(step) && step > last, "step {step} after {last}");
                    (last, accepted) = (step, accepted + 1);
                }
                403 => assert!(last >= step, "step {step} was not used, {last} was"),
                409 | 410 | 429 => {}
                other => panic!("{other}: {}", answer.json()),
            }
        }
    }
    // Wrong answers among them lock it now and then.
    assert!(accepted >= 5, "{accepted}");
    // And when it is right again: as ever.
    set(&service, begin + HOUR);
    assert_eq!(proved(&service, &app, &app.code(begin + HOUR)).await, 200);
}
