//! Codes that nobody waits for any more.

use stepup_tests::Framework;
use stepup_tests::authority::User;

use super::double::{Twilio, error};
use super::{enrol_number, start};
use crate::double::{Asked, Said};
use crate::scene::{begin, problem, token, with_app};

const NUMBER: &str = "+4915112345678";

/// A ceremony that waits for a code.
async fn ask(user: &User<'_>, factor: &str) -> String {
    let ceremony = begin(user).await;
    let asked = user.prompt(&ceremony.id, factor).await;
    assert_eq!(asked.status, 200, "{}", asked.json());
    ceremony.id
}

#[track_caller]
fn is_cancelling(asked: &[Asked]) {
    let [one] = asked else { panic!("{asked:?}") };
    assert_eq!(one.form(), [("Status".to_owned(), "canceled".to_owned())]);
    assert!(one.path.contains("/Verifications/VE"), "{one:?}");
}

#[tokio::test]
async fn a_code_of_a_ceremony_that_is_given_up_is_over() {
    for framework in Framework::ALL {
        for method in ["t-sms", "call", "t-own"] {
            let twilio = Twilio::start();
            let service = start(framework, &twilio).await;
            let alice = service.login("alice").await;
            let factor = enrol_number(&service, &alice, &twilio, method, NUMBER).await;
            let given_up = ask(&alice, &factor).await;
            let code = twilio.code(NUMBER);
            twilio.http.asked();
            assert_eq!(alice.cancel(&given_up).await.status, 204);
            is_cancelling(&twilio.http.asked_soon(1).await);
            service.wait(30);
            // Another ceremony has another code.
            let ceremony = ask(&alice, &factor).await;
            assert_ne!(twilio.code(NUMBER), code, "{method}");
            let answer = alice.prove(&ceremony, &factor, &code).await;
            assert_eq!(problem(&answer), (403, "wrong-answer".to_owned()));
            token(&alice.prove(&ceremony, &factor, &twilio.code(NUMBER)).await);
            twilio.http.is_content();
        }
    }
}

/// Twilio sends the same code again, so what was asked before is not cancelled; nor is what was
/// answered.
#[tokio::test]
async fn a_code_that_is_waited_for_stays_good() {
    for framework in Framework::ALL {
        let twilio = Twilio::start();
        let service = start(framework, &twilio).await;
        let alice = service.login("alice").await;
        let factor = enrol_number(&service, &alice, &twilio, "t-sms", NUMBER).await;
        let ceremony = ask(&alice, &factor).await;
        let code = twilio.code(NUMBER);
        service.wait(30);
        assert_eq!(alice.prompt(&ceremony, &factor).await.status, 200);
        twilio.http.asked();
        token(&alice.prove(&ceremony, &factor, &code).await);
        // What is taken back beside an answer is asked for before the next.
        assert_eq!(alice.state(&ceremony).await.status, 200);
        let asked = twilio.http.asked();
        assert_eq!(asked.len(), 1, "{asked:?}");
        assert!(asked[0].path.ends_with("/VerificationCheck"), "{asked:?}");
        twilio.http.is_content();
    }
}

#[tokio::test]
async fn another_factor_ends_a_code() {
    for framework in Framework::ALL {
        let twilio = Twilio::start();
        let service = start(framework, &twilio).await;
        let (alice, app) = with_app(&service, "alice").await;
        let stepped_up = alice.step_up(&app).await;
        let factor = enrol_number(&service, &stepped_up, &twilio, "t-sms", NUMBER).await;
        let ceremony = ask(&alice, &factor).await;
        twilio.http.asked();
        token(&alice.prove(&ceremony, &app.factor, &app.code(service.now())).await);
        is_cancelling(&twilio.http.asked_soon(1).await);
        twilio.http.is_content();
    }
}

/// There is one verification for a number, whatever ceremonies it is for.
#[tokio::test]
async fn another_ceremony_with_the_same_code_asks_anew() {
    for framework in Framework::ALL {
        let twilio = Twilio::start();
        let service = start(framework, &twilio).await;
        let alice = service.login("alice").await;
        let factor = enrol_number(&service, &alice, &twilio, "t-sms", NUMBER).await;
        let given_up = ask(&alice, &factor).await;
        service.wait(30);
        let ceremony = ask(&alice, &factor).await;
        assert_eq!(alice.cancel(&given_up).await.status, 204);
        let answer = alice.prove(&ceremony, &factor, "100000").await;
        assert_eq!(problem(&answer), (409, "prompt-over".to_owned()));
        service.wait(30);
        assert_eq!(alice.prompt(&ceremony, &factor).await.status, 200);
        token(&alice.prove(&ceremony, &factor, &twilio.code(NUMBER)).await);
        twilio.http.is_content();
    }
}

/// Whatever comes of it, the ceremony is given up.
#[tokio::test]
async fn f12_it_is_cancelled_once() {
    for framework in Framework::ALL {
        let twilio = Twilio::start();
        let service = start(framework, &twilio).await;
        let alice = service.login("alice").await;
        let factor = enrol_number(&service, &alice, &twilio, "t-sms", NUMBER).await;
        for said in [error(404, 20404), error(500, 20500), error(429, 20429), Said::html(200)] {
            service.wait(600);
            let given_up = ask(&alice, &factor).await;
            twilio.http.asked();
            twilio.http.next(said);
            assert_eq!(alice.cancel(&given_up).await.status, 204);
            is_cancelling(&twilio.http.asked_soon(1).await);
            assert_eq!(alice.state(&given_up).await.json()["status"], "cancelled");
        }
        twilio.http.is_content();
    }
}
