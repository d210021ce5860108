//! What Twilio's errors come to.

use futures_util::future::join_all;
use serde_json::json;
use stepup_tests::{Framework, Log};

use super::double::{SERVICE, Twilio, error};
use super::{enrol_number, start};
use crate::double::Said;
use crate::scene::{another_will_do, begin, problem, wait, with_app};

/// Each error of a check, what the client is told, and after how many seconds it may try again.
fn of_checks() -> Vec<(Said, u16, &'static str, Option<u64>)> {
    let verification = |status: &str, sid: &str, service: &str| {
        let body = json!({
            "sid": sid, "service_sid": service, "to": "+4915112345678", "channel": "sms",
            "status": status, "valid": status == "approved",
        });
        Said::json(201, &body)
    };
    let foreign = format!("VE{}", "f".repeat(32));
    vec![
        (error(401, 20003), 503, "unavailable", Some(60)),
        (error(404, 20404), 409, "prompt-over", None),
        (error(404, 60431), 409, "prompt-over", None),
        (error(429, 20429), 503, "unavailable", Some(2)),
        (error(429, 20429).with("retry-after", "17"), 503, "unavailable", Some(17)),
        (error(429, 20429).with("retry-after", "soon"), 503, "unavailable", Some(2)),
        (error(500, 20500), 503, "unavailable", Some(5)),
        (error(503, 20503).with("retry-after", "9"), 503, "unavailable", Some(9)),
        (error(400, 60200), 400, "malformed-answer", None),
        (error(429, 60202), 429, "factor-locked", Some(600)),
        (error(429, 60202).with("retry-after", "44"), 429, "factor-locked", Some(44)),
        (error(400, 60221), 503, "unavailable", Some(30)),
        (error(400, 60223), 503, "unavailable", Some(30)),
        (error(403, 60410), 503, "unavailable", Some(43_200)),
        (error(403, 575_001), 503, "unavailable", Some(30)),
        (error(400, 99_999), 503, "unavailable", Some(30)),
        (error(403, 99_999), 503, "unavailable", Some(30)),
        (Said::html(404), 409, "prompt-over", None),
        (Said::html(429), 503, "unavailable", Some(2)),
        (Said::html(502), 503, "unavailable", Some(5)),
        (Said::html(200), 503, "unavailable", Some(5)),
        (Said::html(302).with("location", "http://127.0.0.1:1/"), 503, "unavailable", Some(30)),
        (Said::json(200, &json!({})), 503, "unavailable", Some(5)),
        (Said::json(200, &json!({ "status": null })), 503, "unavailable", Some(5)),
        (verification("approved", &foreign, SERVICE), 503, "unavailable", Some(5)),
        (verification("pending", &foreign, SERVICE), 503, "unavailable", Some(5)),
    ]
}

#[tokio::test]
async fn each_error_of_a_check_is_what_it_means() {
    for framework in Framework::ALL {
        let twilio = Twilio::start();
        let service = start(framework, &twilio).await;
        for (at, (said, status, name, seconds)) in of_checks().into_iter().enumerate() {
            let user = service.login(&format!("user-{at}")).await;
            let number = format!("+49151123456{at:02}");
            let factor = enrol_number(&service, &user, &twilio, "t-sms", &number).await;
            let ceremony = begin(&user).await;
            assert_eq!(user.prompt(&ceremony.id, &factor).await.status, 200);
            twilio.http.next(said.clone());
            let answer = user.prove(&ceremony.id, &factor, "000000").await;
            assert_eq!(problem(&answer), (status, name.to_owned()), "{said:?}");
            assert_eq!(wait(&answer), seconds, "{said:?}");
            assert!(!answer.json().to_string().contains("+49"), "{}", answer.json());
            // It was no wrong one, unless it was of another form.
            let counted = if name == "malformed-answer" { 3 } else { 4 };
            let wrong = user.prove(&ceremony.id, &factor, "000000").await;
            assert_eq!(problem(&wrong), (403, "wrong-answer".to_owned()), "{said:?}");
            assert_eq!(wrong.json()["attempts_left"], counted, "{said:?}");
        }
        twilio.http.is_content();
    }
}

#[tokio::test]
async fn each_error_of_a_sending_is_what_it_means() {
    for framework in Framework::ALL {
        let twilio = Twilio::start();
        let service = start(framework, &twilio).await;
        for (at, (said, status, name, seconds)) in [
            (error(401, 20003), 503, "not-sent", None),
            (error(404, 20404), 503, "not-sent", None),
            (error(429, 20429), 429, "too-many-messages", Some(2)),
            (error(500, 20500), 503, "not-sent", None),
            (error(503, 20503), 503, "not-sent", None),
            (error(400, 60200), 503, "not-sent", None),
            (error(429, 60203), 429, "too-many-messages", Some(600)),
            (error(429, 60203).with("retry-after", "99"), 429, "too-many-messages", Some(99)),
            (error(400, 60204), 503, "not-sent", None),
            (error(403, 60205), 503, "not-sent", None),
            (error(400, 60206), 503, "not-sent", None),
            (error(400, 60207), 503, "not-sent", None),
            (error(429, 60212), 429, "too-many-messages", Some(30)),
            (error(400, 60220), 503, "not-sent", None),
            (error(400, 60223), 503, "not-sent", None),
            (error(403, 60238), 503, "not-sent", None),
            (error(403, 60410), 503, "not-sent", None),
            (error(403, 60605), 503, "not-sent", None),
            (Said::html(200), 503, "not-sent", None),
            (Said::json(201, &json!({ "sid": "VE1" })), 503, "not-sent", None),
            (Said::html(307).with("location", "http://127.0.0.1:1/"), 503, "not-sent", None),
        ]
        .into_iter()
        .enumerate()
        {
            let user = service.login(&format!("user-{at}")).await;
            let number = format!("+49151123456{at:02}");
            let factor = enrol_number(&service, &user, &twilio, "t-sms", &number).await;
            let ceremony = begin(&user).await;
            twilio.http.next(said.clone());
            let answer = user.prompt(&ceremony.id, &factor).await;
            assert_eq!(problem(&answer), (status, name.to_owned()), "{said:?}");
            // The authority's own half minute counts besides.
            assert_eq!(wait(&answer).filter(|_| seconds.is_some()), seconds, "{said:?}");
            assert!(!answer.json().to_string().contains("+49"), "{}", answer.json());
        }
        twilio.http.is_content();
    }
}

/// A sixth check, a code that is over, one that another ceremony used up.
#[tokio::test]
async fn a_verification_that_is_over_is_over() {
    for framework in Framework::ALL {
        let twilio = Twilio::start();
        let service = start(framework, &twilio).await;
        let user = service.login("alice").await;
        let number = "+4915112345678";
        let factor = enrol_number(&service, &user, &twilio, "t-sms", number).await;
        let ceremony = begin(&user).await;
        assert_eq!(user.prompt(&ceremony.id, &factor).await.status, 200);
        let code = twilio.code(number);
        twilio.ten_minutes_go_by();
        let over = user.prove(&ceremony.id, &factor, &code).await;
        assert_eq!(problem(&over), (409, "prompt-over".to_owned()));
        service.wait(30);
        assert_eq!(user.prompt(&ceremony.id, &factor).await.status, 200);
        let answer = user.prove(&ceremony.id, &factor, &twilio.code(number)).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        twilio.http.is_content();
    }
}

/// A message that nobody knows to have been sent may have been; so may another program's, to the
/// same number. Neither's code is this ceremony's.
#[tokio::test]
async fn r_otp_04_a_code_that_nobody_heard_of_is_not_taken() {
    for framework in Framework::ALL {
        let twilio = Twilio::start();
        let service = start(framework, &twilio).await;
        let user = service.login("alice").await;
        let number = "+4915112345678";
        let factor = enrol_number(&service, &user, &twilio, "t-sms", number).await;
        let ceremony = begin(&user).await;
        let of_a_login = twilio.another_program_sends(number);
        twilio.http.next(Said::html(502));
        let answer = user.prompt(&ceremony.id, &factor).await;
        assert_eq!(problem(&answer), (503, "not-sent".to_owned()));
        twilio.http.asked();
        assert_eq!(twilio.code(number), of_a_login);
        let answer = user.prove(&ceremony.id, &factor, &of_a_login).await;
        assert_eq!(problem(&answer), (409, "prompt-over".to_owned()));
        assert!(twilio.http.asked().is_empty());
        twilio.ten_minutes_go_by();
        service.wait(30);
        assert_eq!(user.prompt(&ceremony.id, &factor).await.status, 200);
        let answer = user.prove(&ceremony.id, &factor, &twilio.code(number)).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        twilio.http.is_content();
    }
}

/// What heals by nobody's waiting is an error of the operator's; the rest is none.
#[test]
fn p3_what_it_was_set_up_with_is_told_of() {
    for framework in Framework::ALL {
        for (said, is_error) in [
            (error(401, 20003), true),
            (error(400, 60204), true),
            (error(400, 60223), true),
            (error(500, 20500), false),
            (error(429, 60202), false),
        ] {
            let log = Log::default();
            let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).finish();
            let story = async {
                let twilio = Twilio::start();
                let service = start(framework, &twilio).await;
                let user = service.login("alice").await;
                let number = "+4915112345678";
                let factor = enrol_number(&service, &user, &twilio, "t-sms", number).await;
                let ceremony = begin(&user).await;
                assert_eq!(user.prompt(&ceremony.id, &factor).await.status, 200);
                twilio.http.next(said.clone());
                assert_ne!(user.prove(&ceremony.id, &factor, "000000").await.status, 200);
                twilio.http.is_content();
            };
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            tracing::subscriber::with_default(subscriber, || runtime.block_on(story));
            let log = log.text();
            let told = log.contains("ERROR") && log.contains("Twilio refuses what it was set up");
            assert_eq!(told, is_error, "{said:?}: {log}");
            assert!(log.contains("Twilio has not checked an answer"), "{log}");
        }
    }
}

/// Slow, then gone: the client is told within five seconds, and another factor will do.
#[tokio::test]
async fn f12_slow_or_down_another_factor_will_do() {
    // It waits for real: for both at once.
    join_all(Framework::ALL.map(async |framework| {
        let mut twilio = Twilio::start();
        let service = start(framework, &twilio).await;
        let (user, app) = with_app(&service, "alice").await;
        let number = "+4915112345678";
        let enroller = user.step_up(&app).await;
        let factor = enrol_number(&service, &enroller, &twilio, "t-sms", number).await;
        for is_down in [false, true] {
            twilio.http.hang(false);
            let ceremony = begin(&user).await;
            if !is_down {
                assert_eq!(user.prompt(&ceremony.id, &factor).await.status, 200);
                twilio.http.asked();
                twilio.http.hang(true);
                let began = std::time::Instant::now();
                let answer = user.prove(&ceremony.id, &factor, "000000").await;
                assert_eq!(problem(&answer), (503, "unavailable".to_owned()));
                assert!(began.elapsed() < std::time::Duration::from_secs(5));
                assert_eq!(twilio.http.asked().len(), 1, "no answer is passed on twice");
                another_will_do(&service, &user, &app, &ceremony.id, &answer).await;
                // Nobody waits for the code any more.
                assert!(twilio.http.asked_soon(1).await[0].path.contains("/Verifications/VE"));
            }
            let ceremony = begin(&user).await;
            service.wait(30);
            if is_down {
                twilio.http.stop();
            }
            twilio.http.hang(true);
            let answer = user.prompt(&ceremony.id, &factor).await;
            assert_eq!(problem(&answer), (503, "not-sent".to_owned()));
            assert!(twilio.http.asked().len() <= 1, "nothing is sent twice");
            another_will_do(&service, &user, &app, &ceremony.id, &answer).await;
        }
        twilio.http.is_content();
    }))
    .await;
}
