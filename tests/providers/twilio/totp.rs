//! Authenticator apps at Twilio.

use serde_json::{Value, json};
use stepup_tests::Framework;
use stepup_tests::authority::{Service, User};

use super::double::{APP_CODE, SERVICE, Twilio, error};
use super::start;
use crate::double::Said;
use crate::scene::{confirm, problem, token, wait};

pub(super) async fn enrol(service: &Service, user: &User<'_>) -> String {
    let begun = user.enrol(json!({ "method": "t-totp" })).await;
    let answer = confirm(user, &begun, &json!({ "code": APP_CODE })).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    service.wait(90);
    answer.json()["factor"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_app_is_enrolled_and_its_code_is_right() {
    for framework in Framework::ALL {
        let twilio = Twilio::start();
        let service = start(framework, &twilio).await;
        let alice = service.login("alice").await;
        let begun = alice.enrol(json!({ "method": "t-totp" })).await;
        assert_eq!(begun["secret"], "GEZDGNBVGY3TQOJQ");
        assert!(begun["otpauth_uri"].as_str().unwrap().starts_with("otpauth://totp/"));
        assert!(begun["qr"].as_str().unwrap().starts_with("<svg"));
        let wrong = confirm(&alice, &begun, &json!({ "code": "000000" })).await;
        assert_eq!(problem(&wrong), (403, "wrong-answer".to_owned()));
        let answer = confirm(&alice, &begun, &json!({ "code": APP_CODE })).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
        let factor = answer.json()["factor"]["id"].as_str().unwrap().to_owned();
        // The user's name there says nothing of them.
        for asked in twilio.http.asked() {
            assert!(!asked.path.contains("alice"), "{asked:?}");
        }
        service.wait(90);
        let ceremony = alice.begin_mfa().await;
        let wrong = alice.prove(&ceremony.id, &factor, "000000").await;
        assert_eq!(problem(&wrong), (403, "wrong-answer".to_owned()));
        let answer = alice.prove(&ceremony.id, &factor, APP_CODE).await;
        assert_eq!(answer.json()["acr"], "mfa", "{}", answer.json());
        token(&answer);
        twilio.http.is_content();
    }
}

/// Twilio takes a code again while it is current: here it is good once, the one that enrolled
/// included.
#[tokio::test]
async fn o8_r_otp_05_a_code_is_good_once() {
    for framework in Framework::ALL {
        let twilio = Twilio::start();
        let service = start(framework, &twilio).await;
        let alice = service.login("alice").await;
        let factor = enrol(&service, &alice).await;
        let ceremony = alice.begin_mfa().await;
        token(&alice.prove(&ceremony.id, &factor, APP_CODE).await);
        // As long as it can be current: it may have been of the step after the present.
        for _ in 0..2 {
            service.wait(30);
            let ceremony = alice.begin_mfa().await;
            let again = alice.prove(&ceremony.id, &factor, APP_CODE).await;
            assert_eq!(problem(&again), (403, "wrong-answer".to_owned()));
        }
        service.wait(30);
        let ceremony = alice.begin_mfa().await;
        token(&alice.prove(&ceremony.id, &factor, APP_CODE).await);
    }
}

#[tokio::test]
async fn each_error_is_what_it_means() {
    let challenge = |identity: &str, factor: &str| {
        let body = json!({
            "sid": format!("YC{}", "0".repeat(32)), "service_sid": SERVICE, "identity": identity,
            "factor_sid": factor, "status": "approved",
        });
        Said::json(201, &body)
    };
    for framework in Framework::ALL {
        let twilio = Twilio::start();
        let service = start(framework, &twilio).await;
        for (at, (said, status, name, seconds)) in [
            (error(404, 20404), 403, "factor-disabled", None),
            (error(404, 60392), 403, "factor-disabled", None),
            (error(403, 60318), 403, "factor-disabled", None),
            (error(400, 60306), 503, "unavailable", Some(30)),
            (error(400, 60200), 503, "unavailable", Some(30)),
            (error(429, 60308), 409, "prompt-over", None),
            (error(429, 60312), 429, "factor-locked", Some(3600)),
            (error(403, 60323), 409, "prompt-over", None),
            (error(403, 60324), 403, "wrong-answer", None),
            (error(429, 60326), 429, "factor-locked", Some(86_400)),
            (error(429, 60328), 503, "unavailable", Some(1)),
            (error(503, 20503), 503, "unavailable", Some(5)),
            (
                challenge("somebody-else", &format!("YF{}", "0".repeat(32))),
                503,
                "unavailable",
                Some(5),
            ),
            (Said::json(201, &json!({ "status": "approved" })), 503, "unavailable", Some(5)),
        ]
        .into_iter()
        .enumerate()
        {
            let user = service.login(&format!("user-{at}")).await;
            let factor = enrol(&service, &user).await;
            let ceremony = user.begin_mfa().await;
            twilio.http.next(said.clone());
            let answer = user.prove(&ceremony.id, &factor, APP_CODE).await;
            assert_eq!(problem(&answer), (status, name.to_owned()), "{said:?}");
            assert_eq!(wait(&answer), seconds, "{said:?}");
        }
        twilio.http.is_content();
    }
}

#[tokio::test]
async fn an_enrolment_fails_as_twilio_says() {
    for framework in Framework::ALL {
        let twilio = Twilio::start();
        let service = start(framework, &twilio).await;
        let alice = service.login("alice").await;
        let refused: Vec<(Said, Option<u64>)> = vec![
            (error(401, 20003), Some(30)),
            (error(429, 60326), Some(86_400)),
            (error(429, 60328).with("retry-after", "3"), Some(3)),
            (Said::html(200), Some(30)),
        ];
        for (said, seconds) in refused {
            twilio.http.next(said);
            let answer = alice.try_enrol(json!({ "method": "t-totp" })).await;
            assert_eq!(problem(&answer), (503, "unavailable".to_owned()));
            assert_eq!(wait(&answer), seconds);
        }
        let begun: Value = alice.enrol(json!({ "method": "t-totp" })).await;
        twilio.http.next(error(429, 60310));
        let answer = confirm(&alice, &begun, &json!({ "code": APP_CODE })).await;
        assert_eq!(problem(&answer), (403, "factor-disabled".to_owned()));
        twilio.http.is_content();
    }
}
