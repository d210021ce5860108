//! Codes that Okta checks.

use futures_util::future::join;
use serde_json::json;
use stepup_authority::EventKind;
use stepup_tests::Framework;
use stepup_tests::authority::{Setup, User};

use super::double::{APP_CODE, Okta, error};
use super::{at_okta, enrol, start, start_in};
use crate::double::Said;
use crate::scene::{begin, problem, token, wait, with_app};

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

/// Okta locks an account at five wrong answers in a row: within a quarter of an hour it hears four, of
/// all factors together.
#[tokio::test]
async fn o2_okta_hears_four_wrong_answers_in_a_window() {
    for framework in Framework::ALL {
        let okta = Okta::start();
        let service = start(framework, &okta).await;
        let (alice, app) = with_app(&service, "alice").await;
        let totp = enrol(&service, &alice.step_up(&app).await, &okta, "o-totp").await;
        let sms = enrol(&service, &alice.step_up(&app).await, &okta, "o-sms").await;
        let ceremony = begin(&alice).await;
        assert_eq!(alice.prompt(&ceremony.id, &sms).await.status, 200);
        for factor in [&totp, &sms, &sms, &totp] {
            let answer = alice.prove(&ceremony.id, factor, "000000").await;
            assert_eq!(problem(&answer), (403, "wrong-answer".to_owned()));
        }
        okta.http.asked();
        // The fifth would be right, and goes to nobody.
        for factor in [&sms, &totp] {
            let ceremony = begin(&alice).await;
            if *factor == sms {
                service.wait(30);
                assert_eq!(alice.prompt(&ceremony.id, factor).await.status, 200);
                okta.http.asked();
            }
            let answer = alice.prove(&ceremony.id, factor, APP_CODE).await;
            assert_eq!(problem(&answer), (429, "factor-locked".to_owned()));
            assert!(wait(&answer).is_some_and(|wait| (840..=900).contains(&wait)));
            // What Okta does not check is no part of it.
            let others = answer.json()["factors"].to_string();
            assert!(others.contains(&app.factor), "{others}");
        }
        assert!(okta.http.asked().is_empty());
        assert_eq!(okta.wrong("00ualice"), 4);
        assert_eq!(service.events.count(EventKind::Locked), 1);
        service.wait(900);
        let ceremony = begin(&alice).await;
        token(&alice.prove(&ceremony.id, &totp, APP_CODE).await);
        okta.http.is_content();
    }
}

/// However many instances there are, at once.
#[tokio::test]
async fn o2_instances_count_as_one_what_okta_counts() {
    for framework in Framework::ALL {
        let okta = Okta::start();
        let (store, clock) = (Setup::new(framework).store, Setup::new(framework).clock);
        let start = async || {
            let setup = Setup::new(framework).store(store.clone()).clock(clock.clone());
            start_in(setup, &okta).await
        };
        let (service, other) = (start().await, start().await);
        let alice = service.login("alice").await;
        let totp = enrol(&service, &alice, &okta, "o-totp").await;
        let guess = async |user: &User<'_>| {
            let ceremony = begin(user).await;
            user.prove(&ceremony.id, &totp, "000000").await.status.as_u16()
        };
        let there = other.login("alice").await;
        let guesses = (0..4).map(|_| join(guess(&alice), guess(&there)));
        let answers = futures_util::future::join_all(guesses).await;
        let answers: Vec<u16> = answers.into_iter().flat_map(|(a, b)| [a, b]).collect();
        let count = |status| answers.iter().filter(|&&answer| answer == status).count();
        assert_eq!((count(403), count(429)), (4, 4), "{answers:?}");
        assert_eq!(okta.wrong("00ualice"), 4);
        okta.http.is_content();
    }
}

/// Of an answer that got lost nobody knows whether Okta has counted it.
#[tokio::test]
async fn o2_what_okta_may_have_counted_is_counted() {
    for framework in Framework::ALL {
        let okta = Okta::start();
        let service = start(framework, &okta).await;
        let alice = service.login("alice").await;
        let totp = enrol(&service, &alice, &okta, "o-totp").await;
        // It was not looked at.
        let ceremony = begin(&alice).await;
        for _ in 0..5 {
            okta.http.next(error(429, 47));
            let answer = alice.prove(&ceremony.id, &totp, "000000").await;
            assert_eq!(problem(&answer), (503, "unavailable".to_owned()));
        }
        let said = [Said::html(502), error(500, 9), Said::json(200, &json!({})), error(202, 70)];
        for said in said {
            okta.http.next(said);
            let answer = alice.prove(&ceremony.id, &totp, "000000").await;
            assert_eq!(problem(&answer), (503, "unavailable".to_owned()));
        }
        okta.http.asked();
        let answer = alice.prove(&ceremony.id, &totp, APP_CODE).await;
        assert_eq!(problem(&answer), (429, "factor-locked".to_owned()));
        assert!(okta.http.asked().is_empty());
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
