//! Codes by text, call, WhatsApp and mail.

use futures_util::future::join;
use serde_json::json;
use stepup_authority::factor::TwilioVerify;
use stepup_tests::Framework;
use stepup_tests::authority::Setup;

use super::double::Twilio;
use super::{enrol_number, start, verify};
use crate::scene::{begin, problem, token};

const NUMBER: &str = "+4915112345678";

#[tokio::test]
async fn the_code_that_twilio_sent_is_right_by_each_channel() {
    for framework in Framework::ALL {
        let twilio = Twilio::start();
        let service = start(framework, &twilio).await;
        for (method, channel, level, details, to) in [
            ("t-sms", "sms", "mfa", json!({ "phone": NUMBER }), NUMBER),
            ("call", "call", "mfa", json!({ "phone": "+12025550123" }), "+12025550123"),
            ("whatsapp", "whatsapp", "mfa", json!({ "phone": "+436641234567" }), "+436641234567"),
            (
                "t-email",
                "email",
                "single-factor",
                json!({ "email": "Al@Example.com" }),
                "Al@example.com",
            ),
        ] {
            let user = service.login(method).await;
            let mut details = details;
            details["method"] = method.into();
            let begun = user.enrol(details).await;
            let answer = user.confirm(begun["id"].as_str().unwrap(), &twilio.code(to)).await;
            assert_eq!(answer.status, 201, "{}", answer.json());
            assert!(!answer.json().to_string().contains(to), "{}", answer.json());
            service.wait(30);
            twilio.http.asked();

            let ceremony = begin(&user).await;
            let factor = ceremony.factor(method);
            assert_eq!(user.prompt(&ceremony.id, &factor).await.status, 200);
            let wrong = user.prove(&ceremony.id, &factor, "000000").await;
            assert_eq!(problem(&wrong), (403, "wrong-answer".to_owned()));
            let answer = user.prove(&ceremony.id, &factor, &twilio.code(to)).await;
            let stepped_up = user.with_token(&token(&answer));
            assert_eq!(answer.json()["acr"], level, "{}", answer.json());
            let again = user.prove(&ceremony.id, &factor, "000000").await;
            assert_eq!(problem(&again), (409, "ceremony-proved".to_owned()));
            let guarded = if level == "mfa" { "/mfa" } else { "/single" };
            assert_eq!(stepped_up.post(guarded).await.status, 200, "{method}");

            let asked = twilio.http.asked();
            let paths: Vec<&str> = asked.iter().map(|one| one.segments()[3]).collect();
            assert_eq!(paths, ["Verifications", "VerificationCheck", "VerificationCheck"]);
            assert_eq!(asked[0].member("Channel").as_deref(), Some(channel));
            // By the verification that this ceremony began.
            assert!(asked[1].member("VerificationSid").is_some(), "{asked:?}");
        }
        twilio.http.is_content();
    }
}

/// Of two right answers at once, one is.
#[tokio::test]
async fn f3_a_right_answer_that_comes_twice_is_one_token() {
    for framework in Framework::ALL {
        let twilio = Twilio::start();
        let service = start(framework, &twilio).await;
        let alice = service.login("alice").await;
        let factor = enrol_number(&service, &alice, &twilio, "t-sms", NUMBER).await;
        let ceremony = begin(&alice).await;
        assert_eq!(alice.prompt(&ceremony.id, &factor).await.status, 200);
        let code = twilio.code(NUMBER);
        let prove = || alice.prove(&ceremony.id, &factor, &code);
        let (one, two) = join(prove(), prove()).await;
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses[0], 200, "{} {}", one.json(), two.json());
        assert!(statuses[1] >= 400, "{} {}", one.json(), two.json());
        twilio.http.is_content();
    }
}

/// What is not a code goes to nobody, and counts.
#[tokio::test]
async fn what_is_no_code_is_not_passed_on() {
    for framework in Framework::ALL {
        let twilio = Twilio::start();
        let service = start(framework, &twilio).await;
        let alice = service.login("alice").await;
        let factor = enrol_number(&service, &alice, &twilio, "t-sms", NUMBER).await;
        let ceremony = begin(&alice).await;
        assert_eq!(alice.prompt(&ceremony.id, &factor).await.status, 200);
        twilio.http.asked();
        for code in ["", "123", "12345678901", "12345x", " 123456"] {
            let answer = alice.prove(&ceremony.id, &factor, code).await;
            assert_eq!(problem(&answer), (400, "malformed-answer".to_owned()), "{code:?}");
        }
        assert!(twilio.http.asked().is_empty());
        let answer = alice.prove(&ceremony.id, &factor, &twilio.code(NUMBER)).await;
        assert_ne!(answer.status, 200, "all tries were used");
    }
}

/// The authority's own code: checked here, and Twilio is told of it.
#[tokio::test]
async fn o15_own_codes_are_checked_here_and_told_of() {
    for framework in Framework::ALL {
        let twilio = Twilio::start();
        let service = start(framework, &twilio).await;
        let alice = service.login("alice").await;
        let factor = enrol_number(&service, &alice, &twilio, "t-own", NUMBER).await;
        let ceremony = begin(&alice).await;
        assert_eq!(alice.prompt(&ceremony.id, &factor).await.status, 200);
        let old = twilio.code(NUMBER);
        service.wait(30);
        assert_eq!(alice.prompt(&ceremony.id, &factor).await.status, 200);
        let new = twilio.code(NUMBER);
        twilio.http.asked();
        if old != new {
            let answer = alice.prove(&ceremony.id, &factor, &old).await;
            assert_eq!(problem(&answer), (403, "wrong-answer".to_owned()));
        }
        assert!(twilio.http.asked().is_empty());
        token(&alice.prove(&ceremony.id, &factor, &new).await);
        let asked = twilio.http.asked();
        assert_eq!(asked.len(), 1);
        assert_eq!(asked[0].segments()[3], "Verifications");
        assert_eq!(asked[0].member("Status").as_deref(), Some("approved"));
        twilio.http.is_content();

        // Not being told changes nothing of the answer.
        service.wait(30);
        let ceremony = begin(&alice).await;
        assert_eq!(alice.prompt(&ceremony.id, &factor).await.status, 200);
        let code = twilio.code(NUMBER);
        twilio.http.next(super::double::error(500, 20500));
        token(&alice.prove(&ceremony.id, &factor, &code).await);
    }
}

#[tokio::test]
async fn a_language_and_rate_limits_are_passed_on() {
    for framework in Framework::ALL {
        let twilio = Twilio::start();
        let verify: TwilioVerify = verify(&twilio);
        let setup = Setup::new(framework).with(move |builder| {
            let sms = verify.sms().named("t-sms").locale(|user| format!("de-{}", user.subject));
            let sms =
                sms.rate_limit("per client", |ask| ask.by.client_id.unwrap_or("?").to_owned());
            builder.factor(sms.rate_limit("all", |_| "\"1\"".to_owned()).only(["+49"]).unwrap())
        });
        let service = setup.start().await;
        let alice = service.login("alice").await;
        enrol_number(&service, &alice, &twilio, "t-sms", NUMBER).await;
        let asked = twilio.http.asked();
        assert_eq!(asked[0].member("Locale").as_deref(), Some("de-alice"));
        let limits: serde_json::Value =
            serde_json::from_str(&asked[0].member("RateLimits").unwrap()).unwrap();
        assert_eq!(limits, json!({ "per client": "web", "all": "\"1\"" }));
        // O17.
        let bob = service.login("bob").await;
        let details = json!({ "method": "t-sms", "phone": "+436641234567" });
        let unfit = bob.try_enrol(details).await;
        assert_eq!(problem(&unfit), (422, "unfit-details".to_owned()));
        twilio.http.is_content();
    }
}
