//! Codes that Okta checks.

use futures_util::future::join;
use serde_json::json;
use stepup_tests::Framework;

use super::double::{APP_CODE, Okta};
use super::{at_okta, enrol, start};
use crate::scene::{begin, problem, token, with_app};

#[tokio::test]
async fn the_code_that_okta_knows_is_right_of_each_sort() {
    for framework in Framework::ALL {
        let okta = Okta::start();
        let service = start(framework, &okta).await;
        for (user, method, level, hint) in [
            ("a", "o-sms", "mfa", "…37"),
            ("b", "call", "mfa", "…37"),
            ("c", "o-email", "single-factor", "a…@example.com"),
            ("d", "o-totp", "mfa", ""),
        ] {
            let user = service.login(user).await;
            let factor = enrol(&service, &user, &okta, method).await;
            let listed = user.get("/step-up/factors").await.json();
            assert_eq!(listed["factors"][0]["hint"], hint, "{listed}");
            assert!(!listed.to_string().contains("415"), "{listed}");

            let ceremony = begin(&user).await;
            let is_sent = method != "o-totp";
            if is_sent {
                assert_eq!(user.prompt(&ceremony.id, &factor).await.status, 200);
            }
            let code = if is_sent {
                okta.code(&format!("00u{}", user.subject), at_okta(method))
            } else {
                APP_CODE.to_owned()
            };
            okta.http.asked();
            for malformed in ["", "12345", "12345x"] {
                let answer = user.prove(&ceremony.id, &factor, malformed).await;
                assert_eq!(problem(&answer), (400, "malformed-answer".to_owned()));
            }
            // Of an empty one Okta would send another code.
            assert!(okta.http.asked().is_empty());
            let answer = user.prove(&ceremony.id, &factor, &code).await;
            assert_eq!(answer.json()["acr"], level, "{}", answer.json());
            token(&answer);
            let again = user.prove(&ceremony.id, &factor, &code).await;
            assert_eq!(problem(&again), (409, "ceremony-proved".to_owned()));
        }
        okta.http.is_content();
    }
}

/// Okta says that it was used before.
#[tokio::test]
async fn o8_a_code_is_good_once() {
    for framework in Framework::ALL {
        let okta = Okta::start();
        let service = start(framework, &okta).await;
        let alice = service.login("alice").await;
        let factor = enrol(&service, &alice, &okta, "o-totp").await;
        let (one, two) = (begin(&alice).await, begin(&alice).await);
        let (first, second) =
            join(alice.prove(&one.id, &factor, APP_CODE), alice.prove(&two.id, &factor, APP_CODE))
                .await;
        let mut statuses = [first.status.as_u16(), second.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 403], "{} {}", first.json(), second.json());
        okta.http.is_content();
    }
}

/// A code that is over goes to nobody.
#[tokio::test]
async fn r_otp_01_a_code_is_over_after_five_minutes() {
    for framework in Framework::ALL {
        let okta = Okta::start();
        let service = start(framework, &okta).await;
        let alice = service.login("alice").await;
        let factor = enrol(&service, &alice, &okta, "o-sms").await;
        let ceremony = begin(&alice).await;
        assert_eq!(alice.prompt(&ceremony.id, &factor).await.status, 200);
        let code = okta.code("00ualice", "sms1");
        service.wait(300);
        okta.http.asked();
        let answer = alice.prove(&ceremony.id, &factor, &code).await;
        assert_eq!(problem(&answer), (409, "prompt-over".to_owned()));
        assert!(okta.http.asked().is_empty());
        okta.http.is_content();
    }
}

/// Who has nothing there, is nobody there, or has all of it here already.
#[tokio::test]
async fn r_bind_01_what_okta_has_not_is_not_enrolled() {
    for framework in Framework::ALL {
        let okta = Okta::start();
        let service = start(framework, &okta).await;
        let stranger = service.login("stranger").await;
        let answer = stranger.try_enrol(json!({ "method": "o-sms" })).await;
        assert_eq!(problem(&answer), (422, "unfit-details".to_owned()));
        assert!(okta.http.asked().is_empty());
        let (alice, app) = with_app(&service, "alice").await;
        let alice = alice.step_up(&app).await;
        enrol(&service, &alice, &okta, "o-sms").await;
        let answer = alice.try_enrol(json!({ "method": "o-sms" })).await;
        assert_eq!(problem(&answer), (422, "unfit-details".to_owned()));
        okta.http.is_content();
    }
}
