//! F7: clocks that jump. No code is right twice, and all is well again when the clock is.

use std::collections::HashSet;

use serde_json::{Value, json};
use stepup_authority::{Limits, Login};
use stepup_core::{Method, Timestamp};
use stepup_tests::Framework;
use stepup_tests::authority::{Service, Setup, TotpApp, User};

stepup_tests::on_every_store!(
    f7_an_hour_back_makes_no_code_right_again
    f7_an_hour_ahead_and_back_leaves_nothing_behind
    f7_what_an_hour_ahead_used_up_is_there_again_after_its_window
    f7_what_a_year_ahead_used_up_is_there_again_after_its_window
    f7_a_clock_that_flaps_makes_no_code_right_twice
);

const HOUR: u64 = 3600;
const YEAR: u64 = 365 * 24 * HOUR;

/// A login and a ceremony by the clock of now, answered with this code.
async fn proved(service: &Service, app: &TotpApp, code: &str) -> u16 {
    let alice = service.login("alice").await;
    let mut status = 404;
    // Who began to sweep while the clock was ahead takes one that is begun now along, and one alone.
    for _ in 0..2 {
        let ceremony = alice.begin_mfa().await;
        status = alice.prove(&ceremony.id, &app.factor, code).await.status.as_u16();
        if status != 404 {
            break;
        }
    }
    status
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
    // The user's phone has the right time. Once: an answer whose ceremony is swept while it is looked
    // at counts as a wrong one, and below that may be two.
    let code = app.code(now);
    assert_eq!(ahead.prove(&of_ahead.id, &app.factor, &code).await.status, 403);
    set(&service, now);
    assert_eq!(ahead.state(&of_ahead.id).await.status, 401, "its token is of the future");
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

/// A login in one session, which it stays whatever the clock says.
async fn in_session<'a>(service: &'a Service, subject: &str) -> User<'a> {
    let login = Login::of(subject).client_id("web").method(Method::PWD).session("s");
    let token = service.issuer.issue_login(login).await.unwrap();
    service.login(subject).await.with_token(&token)
}

/// A proof by mail.
async fn by_mail<'a>(service: &Service, user: &User<'a>, email: &str) -> User<'a> {
    let ceremony = user.begin_mfa().await;
    let asked = user.prompt(&ceremony.id, email).await;
    assert_eq!(asked.status, 200, "{}", asked.json());
    let proof = user.prove(&ceremony.id, email, &service.outbox.last_code()).await;
    assert_eq!(proof.status, 200, "{}", proof.json());
    user.with_token(proof.json()["access_token"].as_str().unwrap())
}

/// All that is counted is used up by an instance that is ahead, and then its clock is put right.
/// Whoever tries then is refused for a window at most, and not for as long as the clock was ahead.
async fn used_up_ahead(setup: Setup, ahead: u64) {
    let service = setup.start().await;
    let alice = in_session(&service, "alice").await;
    let app = alice.enrol_totp().await;
    let proof = alice.step_up(&app).await;
    let email = proof.enrol_email("alice@example.com").await;
    let number = proof.enrol_text("+4915112345678").await;
    let now = service.now();

    set(&service, now + ahead);
    let then = in_session(&service, "alice").await;
    let proof = by_mail(&service, &then, &email).await;
    let removed = proof.call("DELETE", &format!("/step-up/factors/{number}"), &Value::Null).await;
    assert_eq!(removed.status, 204);
    let guessed = then.begin_mfa().await;
    for _ in 0..5 {
        let wrong = app.wrong_code(service.now());
        assert_eq!(then.prove(&guessed.id, &app.factor, &wrong).await.status, 403);
    }
    let mut begun = 1;
    while then.try_begin(json!({ "acr_values": "mfa" })).await.status == 201 {
        begun += 1;
    }
    assert_eq!(begun, 10);

    set(&service, now);
    let alice = in_session(&service, "alice").await;
    // Each is tried at once, which may be refused, and again when it says.
    let begun = alice.try_begin(json!({ "acr_values": "mfa" })).await;
    let other = service.login("alice").await;
    let id = other.begin_mfa().await.id;
    let guessed = other.prove(&id, &app.factor, &app.wrong_code(now)).await;
    let sent = other.prompt(&id, &email).await;
    for (answer, window) in [(begun, 600), (guessed, 900), (sent, 30)] {
        let after = answer.headers.get("retry-after");
        let after = after.map_or(0, |after| after.to_str().unwrap().parse::<u64>().unwrap());
        assert!(after <= window, "{after} s: {}", answer.json());
    }
    set(&service, now + 30);
    assert_eq!(other.prompt(&id, &email).await.status, 200, "sent then");
    set(&service, now + 600);
    let ceremony = alice.try_begin(json!({ "acr_values": "mfa" })).await;
    assert_eq!(ceremony.status, 201, "begun then: {}", ceremony.json());
    set(&service, now + 900);
    assert_eq!(proved(&service, &app, &app.code(now + 900)).await, 200, "guessed then");
    // A removal counts for no longer than a proof from before it may be good.
    set(&service, now + 900 + if ahead == HOUR { HOUR } else { 0 });
    let alice = in_session(&service, "alice").await;
    let proof = by_mail(&service, &alice, &email).await;
    let removed = proof.call("DELETE", &format!("/step-up/factors/{email}"), &Value::Null).await;
    assert_eq!(removed.status, 204, "removed then: {}", removed.json());
}

async fn f7_what_an_hour_ahead_used_up_is_there_again_after_its_window(setup: Setup) {
    used_up_ahead(setup, HOUR).await;
}

async fn f7_what_a_year_ahead_used_up_is_there_again_after_its_window(setup: Setup) {
    used_up_ahead(setup, YEAR).await;
}

/// What is counted by the day: the messages of a user, and those to a prefix.
#[tokio::test]
async fn f7_days_of_a_year_ahead_are_no_days_of_now() {
    for framework in Framework::ALL {
        let limits = Limits::default().open_ceremonies(1000).sends_per_prefix(40);
        let setup = Setup::new(framework).with(|builder| builder.limits(limits));
        let service = setup.start().await;
        let enrol = async |user: &User<'_>, number: u32| {
            let details = json!({ "method": "sms", "phone": format!("+49151{number:07}") });
            user.try_enrol(details).await.status.as_u16()
        };
        let now = service.now();
        set(&service, now + YEAR);
        let carol = service.login("carol").await;
        for number in 0..20 {
            assert_eq!(enrol(&carol, number).await, 201);
        }
        assert_eq!(enrol(&carol, 20).await, 429, "of hers");
        let dave = service.login("dave").await;
        assert_eq!(enrol(&dave, 20).await, 429, "of the prefix");
        // Whoever tries now is refused for a day at most, and not for a year.
        for day in 0..=1 {
            set(&service, now + day * 24 * HOUR);
            for (user, number) in [("carol", 20), ("dave", 21)] {
                let user = service.login(user).await;
                let status = enrol(&user, number).await;
                assert!(status == 201 || day == 0 && status == 429, "{status} on day {day}");
            }
        }
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
