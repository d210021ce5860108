//! Pushes to an app with Twilio's SDK.

use serde_json::json;
use stepup_tests::Framework;
use stepup_tests::authority::{Service, User};

use super::double::{SERVICE, Twilio, error};
use super::start;
use crate::double::Said;
use crate::scene::{begin, confirm, poll, problem, token};

pub(super) async fn enrol(service: &Service, user: &User<'_>, twilio: &Twilio) -> String {
    let begun = user.enrol(json!({ "method": "t-push" })).await;
    assert_eq!(begun["access_token"], "eyJ.access.token");
    let sid = twilio.app_makes_factor(begun["identity"].as_str().unwrap(), "verified");
    let answer = confirm(user, &begun, &json!({ "factor_sid": sid })).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    service.wait(30);
    answer.json()["factor"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_the_user_says_on_the_phone_is_what_counts() {
    for framework in Framework::ALL {
        let twilio = Twilio::start();
        let service = start(framework, &twilio).await;
        let alice = service.login("alice").await;
        let factor = enrol(&service, &alice, &twilio).await;
        for (said, status, name) in [
            ("approved", 200, ""),
            ("denied", 403, "denied"),
            ("expired", 409, "prompt-over"),
            ("of-a-new-sort", 503, "unavailable"),
        ] {
            let ceremony = begin(&alice).await;
            assert_eq!(alice.prompt(&ceremony.id, &factor).await.status, 200);
            twilio.http.asked();
            assert_eq!(poll(&alice, &ceremony.id, &factor).await.status, 202);
            // However often the client asks, Twilio is asked now and then.
            for _ in 0..5 {
                assert_eq!(poll(&alice, &ceremony.id, &factor).await.status, 202);
            }
            assert_eq!(twilio.http.asked().len(), 1);
            twilio.user_says(said);
            service.wait(2);
            let answer = poll(&alice, &ceremony.id, &factor).await;
            if said == "approved" {
                assert_eq!(answer.json()["acr"], "single-factor", "{}", answer.json());
                token(&answer);
                let again = poll(&alice, &ceremony.id, &factor).await;
                assert_eq!(problem(&again), (409, "ceremony-proved".to_owned()));
            } else {
                assert_eq!(problem(&answer), (status, name.to_owned()), "{said}");
            }
            service.wait(300);
        }
        twilio.http.is_content();
    }
}

/// A factor of somebody else's, or one that is not finished, is none of the user's.
#[tokio::test]
async fn r_bind_01_only_the_users_own_app_is_enrolled() {
    for framework in Framework::ALL {
        let twilio = Twilio::start();
        let service = start(framework, &twilio).await;
        let alice = service.login("alice").await;
        let begun = alice.enrol(json!({ "method": "t-push" })).await;
        let strangers = twilio.app_makes_factor("0123456789abcdef", "verified");
        for sid in [strangers.as_str(), "", "../Factors"] {
            let answer = confirm(&alice, &begun, &json!({ "factor_sid": sid })).await;
            assert!([400, 403].contains(&answer.status.as_u16()), "{sid} {}", answer.json());
        }
        // Whatever is answered, it is looked at whose it is.
        let own = begun["identity"].as_str().unwrap();
        for (identity, service, sort) in [
            ("0123456789abcdef", SERVICE, "push"),
            (own, "VA00000000000000000000000000000000", "push"),
            (own, SERVICE, "totp"),
        ] {
            let factor = json!({
                "sid": strangers, "identity": identity, "service_sid": service,
                "factor_type": sort, "status": "verified",
            });
            twilio.http.next(Said::json(200, &factor));
            let answer = confirm(&alice, &begun, &json!({ "factor_sid": strangers })).await;
            assert_eq!(problem(&answer), (503, "unavailable".to_owned()), "{factor}");
        }
        let own = twilio.app_makes_factor(own, "unverified");
        let answer = confirm(&alice, &begun, &json!({ "factor_sid": own })).await;
        assert_eq!(problem(&answer), (409, "pending".to_owned()));
        twilio.factor_is(&own, "verified");
        let answer = confirm(&alice, &begun, &json!({ "factor_sid": own })).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
        twilio.http.is_content();
    }
}

#[tokio::test]
async fn each_error_is_what_it_means() {
    for framework in Framework::ALL {
        let twilio = Twilio::start();
        let service = start(framework, &twilio).await;
        let alice = service.login("alice").await;
        let factor = enrol(&service, &alice, &twilio).await;
        for (said, status, name) in [
            (error(404, 20404), 409, "prompt-over"),
            (error(429, 20429), 503, "unavailable"),
            (error(403, 60318), 403, "factor-disabled"),
            (error(403, 60323), 409, "prompt-over"),
            (error(500, 20500), 503, "unavailable"),
            (Said::html(200), 503, "unavailable"),
            (Said::json(200, &json!({ "status": "approved" })), 503, "unavailable"),
        ] {
            let ceremony = begin(&alice).await;
            assert_eq!(alice.prompt(&ceremony.id, &factor).await.status, 200);
            twilio.http.next(said.clone());
            let answer = poll(&alice, &ceremony.id, &factor).await;
            assert_eq!(problem(&answer), (status, name.to_owned()), "{said:?}");
            service.wait(300);
        }
        let ceremony = begin(&alice).await;
        twilio.http.next(error(429, 20429).with("retry-after", "8"));
        let answer = alice.prompt(&ceremony.id, &factor).await;
        assert_eq!(problem(&answer), (429, "too-many-messages".to_owned()));
        // Nothing was asked, so nothing can have been answered.
        let answer = poll(&alice, &ceremony.id, &factor).await;
        assert_eq!(problem(&answer), (409, "prompt-over".to_owned()));
        twilio.http.is_content();
    }
}

/// Nobody asks after it later: whoever picks up the telephone then has nothing to say yes to.
#[tokio::test]
async fn r_otp_01_a_push_ends_with_its_ceremony() {
    for framework in Framework::ALL {
        let twilio = Twilio::start();
        let service = start(framework, &twilio).await;
        let alice = service.login("alice").await;
        let factor = enrol(&service, &alice, &twilio).await;
        let ceremony = begin(&alice).await;
        let end = service.now() + 600;
        let (hour, minute, second) = (end / 3600 % 24, end / 60 % 60, end % 60);
        let end = format!("2027-01-15T{hour:02}:{minute:02}:{second:02}Z");
        for _ in 0..2 {
            service.wait(100);
            twilio.http.asked();
            assert_eq!(alice.prompt(&ceremony.id, &factor).await.status, 200);
            let asked = twilio.http.asked();
            assert_eq!(asked[0].member("ExpirationDate").as_deref(), Some(end.as_str()));
        }
        twilio.http.is_content();
    }
}
