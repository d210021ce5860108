//! What Okta's errors come to.

use futures_util::future::join_all;
use serde_json::json;
use stepup_tests::Framework;

use super::double::{APP_CODE, Okta, error};
use super::{enrol, start};
use crate::double::Said;
use crate::scene::{another_will_do, begin, problem, wait, with_app};

/// By the clock of the answer.
const DATE: &str = "Tue, 14 Nov 2023 22:13:20 GMT";

fn limited(reset: &str) -> Said {
    error(429, 47).with("date", DATE).with("x-rate-limit-reset", reset)
}

fn result(status: u16, result: &str) -> Said {
    Said::json(status, &json!({ "factorResult": result }))
}

/// Each error of a check, what the client is told, and after how many seconds it may try again.
fn of_checks() -> Vec<(Said, u16, &'static str, Option<u64>)> {
    vec![
        (error(403, 68), 403, "wrong-answer", None),
        (error(403, 82), 403, "wrong-answer", None),
        (error(403, 83), 403, "wrong-answer", None),
        (error(409, 113), 403, "wrong-answer", None),
        (error(403, 69), 429, "factor-locked", Some(900)),
        (error(403, 119), 429, "factor-locked", Some(900)),
        (error(423, 155), 403, "factor-disabled", None),
        (error(403, 73), 403, "denied", None),
        (error(403, 38), 403, "factor-disabled", None),
        (error(403, 79), 409, "prompt-over", None),
        (error(403, 110), 409, "prompt-over", None),
        (error(404, 7), 403, "factor-disabled", None),
        (error(404, 8), 503, "unavailable", Some(30)),
        (error(410, 154), 403, "factor-disabled", None),
        (error(202, 70), 503, "unavailable", Some(30)),
        (limited("1700000042"), 503, "unavailable", Some(42)),
        (limited("1600000000"), 503, "unavailable", Some(1)),
        (limited("1900000000"), 503, "unavailable", Some(900)),
        (limited("soon"), 503, "unavailable", Some(30)),
        (error(429, 47), 503, "unavailable", Some(30)),
        (error(504, 67), 503, "unavailable", Some(30)),
        (error(500, 9), 503, "unavailable", Some(30)),
        (error(503, 10), 503, "unavailable", Some(30)),
        (error(401, 11), 503, "unavailable", Some(30)),
        (error(401, 4), 503, "unavailable", Some(30)),
        (error(403, 6), 503, "unavailable", Some(30)),
        (error(403, 85), 429, "factor-locked", Some(900)),
        (error(400, 1), 503, "unavailable", Some(30)),
        (error(400, 999), 503, "unavailable", Some(30)),
        (result(200, "CHALLENGE"), 403, "wrong-answer", None),
        (result(200, "WAITING"), 503, "unavailable", Some(30)),
        (result(200, "REJECTED"), 403, "denied", None),
        (result(200, "TIMEOUT"), 409, "prompt-over", None),
        (result(200, "FAILED"), 403, "wrong-answer", None),
        (result(200, "TIME_WINDOW_EXCEEDED"), 403, "wrong-answer", None),
        (result(200, "PASSCODE_REPLAYED"), 403, "wrong-answer", None),
        (result(200, "ERROR"), 503, "unavailable", Some(30)),
        (result(200, "OF_A_NEW_SORT"), 503, "unavailable", Some(30)),
        (result(403, "SUCCESS"), 503, "unavailable", Some(30)),
        (
            Said::json(200, &json!({ "factorResult": "SUCCESS", "errorCode": "E0000068" })),
            403,
            "wrong-answer",
            None,
        ),
        (Said::json(200, &json!({})), 503, "unavailable", Some(30)),
        (Said::json(200, &json!({ "factorResult": true })), 503, "unavailable", Some(30)),
        (Said::html(200), 503, "unavailable", Some(30)),
        (Said::html(502), 503, "unavailable", Some(30)),
        (Said::html(302).with("location", "http://127.0.0.1:1/"), 503, "unavailable", Some(30)),
    ]
}

#[tokio::test]
async fn each_error_of_a_check_is_what_it_means() {
    for framework in Framework::ALL {
        let okta = Okta::start();
        let service = start(framework, &okta).await;
        for (at, (said, status, name, seconds)) in of_checks().into_iter().enumerate() {
            let user = service.login(&format!("user{at}")).await;
            let factor = enrol(&service, &user, &okta, "o-totp").await;
            let ceremony = begin(&user).await;
            okta.http.next(said.clone());
            let answer = user.prove(&ceremony.id, &factor, APP_CODE).await;
            assert_eq!(problem(&answer), (status, name.to_owned()), "{said:?}");
            assert_eq!(wait(&answer), seconds, "{said:?}");
            assert!(!answer.json().to_string().contains("example.com"), "{}", answer.json());
        }
        okta.http.is_content();
    }
}

#[tokio::test]
async fn each_error_of_a_challenge_is_what_it_means() {
    for framework in Framework::ALL {
        let okta = Okta::start();
        let service = start(framework, &okta).await;
        for (at, (said, status, name, seconds)) in [
            (error(429, 109), 429, "too-many-messages", Some(30)),
            (error(429, 118), 429, "too-many-messages", Some(5)),
            (error(429, 133), 429, "too-many-messages", Some(30)),
            (error(429, 146), 429, "too-many-messages", Some(900)),
            (error(429, 147), 429, "too-many-messages", Some(900)),
            (error(403, 150), 429, "too-many-messages", Some(900)),
            (error(403, 151), 429, "too-many-messages", Some(900)),
            (limited("1700000042"), 429, "too-many-messages", Some(42)),
            (error(403, 69), 429, "too-many-messages", Some(900)),
            (error(400, 98), 503, "not-sent", None),
            (error(403, 97), 503, "not-sent", None),
            (error(400, 140), 503, "not-sent", None),
            (error(500, 138), 503, "not-sent", None),
            (error(503, 139), 503, "not-sent", None),
            (error(502, 134), 503, "not-sent", None),
            (error(400, 135), 503, "not-sent", None),
            (error(504, 137), 503, "not-sent", None),
            (error(404, 7), 503, "not-sent", None),
            (error(401, 11), 503, "not-sent", None),
            (error(403, 6), 503, "not-sent", None),
            (result(200, "SUCCESS"), 503, "not-sent", None),
            (Said::html(200), 503, "not-sent", None),
        ]
        .into_iter()
        .enumerate()
        {
            let user = service.login(&format!("user{at}")).await;
            let factor = enrol(&service, &user, &okta, "o-sms").await;
            // Limits of messages are of Okta's factor, which all of these users share.
            service.wait(600);
            let ceremony = begin(&user).await;
            okta.http.next(said.clone());
            let answer = user.prompt(&ceremony.id, &factor).await;
            assert_eq!(problem(&answer), (status, name.to_owned()), "{said:?}");
            assert_eq!(wait(&answer).filter(|_| seconds.is_some()), seconds, "{said:?}");
        }
        okta.http.is_content();
    }
}

/// "Recently sent": the code that was sent is good all the same.
#[tokio::test]
async fn a_code_on_its_way_stays_good() {
    for framework in Framework::ALL {
        let okta = Okta::start();
        let service = start(framework, &okta).await;
        let alice = service.login("alice").await;
        let factor = enrol(&service, &alice, &okta, "o-sms").await;
        let ceremony = begin(&alice).await;
        assert_eq!(alice.prompt(&ceremony.id, &factor).await.status, 200);
        service.wait(30);
        let code = okta.code("00ualice", "sms1");
        okta.http.next(error(429, 109));
        let answer = alice.prompt(&ceremony.id, &factor).await;
        assert_eq!(problem(&answer), (429, "too-many-messages".to_owned()));
        // The double has sent another although it says that it has not.
        let now = okta.code("00ualice", "sms1");
        assert_ne!(code, now);
        assert_eq!(alice.prove(&ceremony.id, &factor, &now).await.status, 200);
        okta.http.is_content();
    }
}

/// Slow, then gone: the client is told within five seconds, and another factor will do.
#[tokio::test]
async fn f12_slow_or_down_another_factor_will_do() {
    // It waits for real: for both at once.
    join_all(Framework::ALL.map(async |framework| {
        let mut okta = Okta::start();
        let service = start(framework, &okta).await;
        let (user, app) = with_app(&service, "alice").await;
        let factor = enrol(&service, &user.step_up(&app).await, &okta, "o-sms").await;
        let ceremony = begin(&user).await;
        assert_eq!(user.prompt(&ceremony.id, &factor).await.status, 200);
        okta.http.asked();
        okta.http.hang(true);
        let began = std::time::Instant::now();
        let answer = user.prove(&ceremony.id, &factor, "000000").await;
        assert_eq!(problem(&answer), (503, "unavailable".to_owned()));
        assert!(began.elapsed() < std::time::Duration::from_secs(5));
        assert_eq!(okta.http.asked().len(), 1, "no answer is passed on twice");
        another_will_do(&service, &user, &app, &ceremony.id, &answer).await;
        okta.http.stop();
        let ceremony = begin(&user).await;
        let answer = user.prompt(&ceremony.id, &factor).await;
        assert_eq!(problem(&answer), (503, "not-sent".to_owned()));
        another_will_do(&service, &user, &app, &ceremony.id, &answer).await;
        okta.http.is_content();
    }))
    .await;
}

#[tokio::test]
async fn an_enrolment_fails_as_okta_says() {
    for framework in Framework::ALL {
        let okta = Okta::start();
        let service = start(framework, &okta).await;
        let alice = service.login("alice").await;
        for (said, status, name, seconds) in [
            (error(404, 7), 422, "unfit-details", None),
            (error(401, 11), 503, "unavailable", Some(30)),
            (error(403, 6), 503, "unavailable", Some(30)),
            (limited("1700000042"), 503, "unavailable", Some(42)),
            (Said::html(200), 503, "unavailable", Some(30)),
            (Said::json(200, &json!([])), 422, "unfit-details", None),
        ] {
            okta.http.next(said.clone());
            let answer = alice.try_enrol(json!({ "method": "o-totp" })).await;
            assert_eq!(problem(&answer), (status, name.to_owned()), "{said:?}");
            assert_eq!(wait(&answer), seconds, "{said:?}");
        }
        okta.http.is_content();
    }
}
