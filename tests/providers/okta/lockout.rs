//! Okta locks an account at five wrong answers in a row, by whichever factor and however long that
//! takes. It hears four.

use futures_util::future::{join, join_all};
use serde_json::json;
use stepup_authority::EventKind;
use stepup_tests::authority::{Service, Setup, User};
use stepup_tests::{Answer, Framework};

use super::double::{APP_CODE, Okta, error};
use super::{enrol, start, start_in};
use crate::double::Said;
use crate::scene::{begin, confirm, poll, problem, token, wait, with_app};

/// Answers that are wrong, in a ceremony for each.
async fn guess(user: &User<'_>, factor: &str, times: u32) {
    for _ in 0..times {
        let ceremony = begin(user).await;
        let answer = user.prove(&ceremony.id, factor, "000000").await;
        assert_eq!(problem(&answer), (403, "wrong-answer".to_owned()));
    }
}

#[track_caller]
fn is_locked_for_good(answer: &Answer) {
    assert_eq!(problem(answer), (429, "factor-locked".to_owned()), "{}", answer.json());
    assert_eq!(wait(answer), None, "no time ends it");
    let detail = answer.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("at the provider"), "{detail}");
}

#[tokio::test]
async fn o2_nobody_is_locked_out_of_okta() {
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
        for waited in [0, 900, 24 * 60 * 60, 30 * 24 * 60 * 60] {
            service.wait(waited);
            let alice = service.login("alice").await;
            let ceremony = begin(&alice).await;
            // The fifth would be right, and goes to nobody.
            for code in ["000000", APP_CODE] {
                let answer = alice.prove(&ceremony.id, &totp, code).await;
                is_locked_for_good(&answer);
                // What Okta does not check is no part of it.
                let others = answer.json()["factors"].to_string();
                assert!(others.contains(&app.factor) && !others.contains(&sms), "{others}");
            }
            // Nothing is sent that could not be answered.
            is_locked_for_good(&alice.prompt(&ceremony.id, &sms).await);
            token(&alice.prove(&ceremony.id, &app.factor, &app.code(service.now())).await);
        }
        assert!(okta.http.asked().is_empty());
        assert_eq!(okta.wrong("00ualice"), 4);
        assert_eq!(service.events.count(EventKind::Locked), 1);
        okta.http.is_content();
    }
}

#[tokio::test]
async fn o2_a_right_answer_frees_them() {
    for framework in Framework::ALL {
        let okta = Okta::start();
        let service = start(framework, &okta).await;
        let alice = service.login("alice").await;
        let totp = enrol(&service, &alice, &okta, "o-totp").await;
        for _ in 0..3 {
            guess(&alice, &totp, 3).await;
            service.wait(900);
            okta.codes_change();
            let ceremony = begin(&alice).await;
            token(&alice.prove(&ceremony.id, &totp, APP_CODE).await);
            assert_eq!(okta.wrong("00ualice"), 0);
        }
        // Of answers at once nobody knows which Okta looks at first.
        okta.codes_change();
        guess(&alice, &totp, 3).await;
        let ceremony = begin(&alice).await;
        token(&alice.prove(&ceremony.id, &totp, APP_CODE).await);
        guess(&alice, &totp, 1).await;
        let ceremony = begin(&alice).await;
        is_locked_for_good(&alice.prove(&ceremony.id, &totp, "000000").await);
        okta.http.is_content();
    }
}

/// It is Okta that hears the user's yes. What was wrong since they were asked may have been later.
#[tokio::test]
async fn o2_a_push_is_a_way_out() {
    for framework in Framework::ALL {
        let okta = Okta::start();
        let service = start(framework, &okta).await;
        let (alice, app) = with_app(&service, "alice").await;
        let totp = enrol(&service, &alice.step_up(&app).await, &okta, "o-totp").await;
        let push = enrol(&service, &alice.step_up(&app).await, &okta, "push").await;
        guess(&alice, &totp, 3).await;
        service.wait(60);
        for (wrong_meanwhile, left) in [(1, 3), (0, 4)] {
            let ceremony = begin(&alice).await;
            assert_eq!(alice.prompt(&ceremony.id, &push).await.status, 200);
            guess(&alice, &totp, wrong_meanwhile).await;
            okta.user_says("SUCCESS");
            service.wait(4);
            token(&poll(&alice, &ceremony.id, &push).await);
            service.wait(900);
            guess(&alice, &totp, left).await;
            let ceremony = begin(&alice).await;
            is_locked_for_good(&alice.prove(&ceremony.id, &totp, "000000").await);
            service.wait(900);
        }
        okta.http.is_content();
    }
}

/// The user has signed in at Okta, and the service says so.
#[tokio::test]
async fn o2_the_service_unlocks_whom_it_knows_to_be_right_at_okta() {
    for framework in Framework::ALL {
        let okta = Okta::start();
        let service = start(framework, &okta).await;
        let alice = service.login("alice").await;
        let totp = enrol(&service, &alice, &okta, "o-totp").await;
        guess(&alice, &totp, 4).await;
        let ceremony = begin(&alice).await;
        is_locked_for_good(&alice.prove(&ceremony.id, &totp, APP_CODE).await);
        service.authority.unlock("alice").await.unwrap();
        assert_eq!(service.events.count(EventKind::Unlocked), 1);
        token(&alice.prove(&ceremony.id, &totp, APP_CODE).await);
        okta.http.is_content();
    }
}

/// Nobody enrols either what Okta shall hear no more of; and what is no code Okta has not heard.
#[tokio::test]
async fn o2_enrolments_count_and_what_is_not_sent_does_not() {
    for framework in Framework::ALL {
        let okta = Okta::start();
        let service = start(framework, &okta).await;
        let alice = service.login("alice").await;
        let begun = alice.enrol(json!({ "method": "o-totp" })).await;
        let answer = async |service: &Service, code: &str| {
            service.wait(1);
            confirm(&alice, &begun, &json!({ "code": code })).await
        };
        for _ in 0..3 {
            assert_eq!(answer(&service, "x").await.status, 400);
        }
        assert_eq!(okta.wrong("00ualice"), 0);
        service.wait(900);
        let alice = service.login("alice").await;
        for _ in 0..4 {
            let begun = alice.enrol(json!({ "method": "o-totp" })).await;
            let answer = confirm(&alice, &begun, &json!({ "code": "000000" })).await;
            assert_eq!(problem(&answer), (403, "wrong-answer".to_owned()));
        }
        // As long as it takes: nothing else is kept of her.
        service.wait(30 * 24 * 60 * 60);
        let alice = service.login("alice").await;
        okta.http.asked();
        for method in ["o-totp", "o-sms"] {
            is_locked_for_good(&alice.try_enrol(json!({ "method": method })).await);
        }
        assert!(okta.http.asked().iter().all(|asked| asked.method == "GET"));
        assert_eq!(okta.wrong("00ualice"), 4);
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
        let answers = join_all(guesses).await;
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
        is_locked_for_good(&answer);
        assert!(okta.http.asked().is_empty());
        okta.http.is_content();
    }
}
