//! C12: what must not be told apart makes the same work, and gets the same answer. That both take
//! the same time follows, as far as it can be tested at all on a machine that does other things.

use std::sync::Arc;

use serde_json::{Value, json};
use stepup_tests::authority::{Service, Setup, User};
use stepup_tests::{Answer, Framework};

use crate::watched::Watched;

async fn watched(framework: Framework) -> (Service, Watched) {
    let store = Watched::new(Setup::new(framework).store);
    (Setup::new(framework).store(Arc::new(store.clone())).start().await, store)
}

/// The same status and words, whatever is named in them, and the same work.
fn assert_alike(what: &str, store: &Watched, a: (&Answer, Vec<String>), b: &Answer) {
    let work = store.work();
    let (a, work_before) = a;
    assert!(!work_before.is_empty(), "{what}: the store was not asked");
    assert_eq!(work_before, work, "{what}: the work");
    assert_eq!((a.status, a.json()), (b.status, b.json()), "{what}");
    assert_eq!(a.headers, b.headers, "{what}");
}

#[tokio::test]
async fn c12_another_users_ceremony_is_like_none() {
    for framework in Framework::ALL {
        let (service, store) = watched(framework).await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        let bob = service.login("bob").await;
        bob.enrol_totp().await;
        let of_alice = alice.begin_mfa().await.id;
        let of_nobody = "c_AAAAAAAAAAAAAAAAAAAAAA";
        let code = app.code(service.now());
        let proof = json!({ "factor": app.factor, "code": code });
        let ways = [
            ("GET", "", Value::Null),
            ("DELETE", "", Value::Null),
            ("POST", "/proof", proof),
            ("POST", "/factors/f_AAAAAAAAAAAAAAAAAAAAAA", Value::Null),
        ];
        for (method, rest, body) in &ways {
            store.work();
            let path = |id: &str| format!("/step-up/ceremonies/{id}{rest}");
            let nobodys = bob.call(method, &path(of_nobody), body).await;
            let work = store.work();
            let alices = bob.call(method, &path(&of_alice), body).await;
            assert_eq!(nobodys.status, 404);
            assert_alike(&format!("{method} {rest}"), &store, (&nobodys, work), &alices);
        }
        // And hers is as it was.
        assert_eq!(alice.prove(&of_alice, &app.factor, &code).await.status, 200);
    }
}

#[tokio::test]
async fn c12_a_used_code_is_like_a_wrong_one() {
    for framework in Framework::ALL {
        let (service, store) = watched(framework).await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        let used = app.code(service.now());
        let ceremony = alice.begin_mfa().await;
        assert_eq!(alice.prove(&ceremony.id, &app.factor, &used).await.status, 200);
        let mut answers = Vec::new();
        for code in [app.wrong_code(service.now()), used] {
            let ceremony = alice.begin_mfa().await;
            store.work();
            answers.push((alice.prove(&ceremony.id, &app.factor, &code).await, store.work()));
        }
        let [(wrong, work_of_wrong), (used, work_of_used)] = answers.try_into().unwrap();
        assert_eq!((wrong.status.as_u16(), wrong.json()), (403, used.json()));
        assert_eq!(wrong.headers, used.headers);
        assert_eq!(work_of_wrong, work_of_used, "who guesses learns that a code was right once");
    }
}

#[tokio::test]
async fn c12_an_address_that_somebody_has_is_like_one_that_nobody_has() {
    for framework in Framework::ALL {
        let (service, store) = watched(framework).await;
        let alice = service.login("alice").await;
        alice.enrol_email("alice@example.com").await;
        let alices_number = service.login("carol").await;
        alices_number.enrol_text("+4915112345678").await;
        service.wait(600);
        let enrol = async |who: &User<'_>, details: Value| {
            store.work();
            let answer = who.try_enrol(details).await;
            assert_eq!(answer.status, 201, "{}", answer.json());
            // All but the enrolment's own name.
            let mut body = answer.json();
            assert!(body["id"].take().is_string());
            (body, answer.headers, store.work())
        };
        let bob = service.login("bob").await;
        let email = |address: &str| json!({ "method": "email", "email": address });
        let known = enrol(&bob, email("alice@example.com")).await;
        let unknown = enrol(&bob, email("nobody@example.com")).await;
        assert_eq!(known, unknown);
        let phone = |number: &str| json!({ "method": "sms", "phone": number });
        let known = enrol(&bob, phone("+4915112345678")).await;
        let unknown = enrol(&bob, phone("+4915187654321")).await;
        assert_eq!(known, unknown);
    }
}

/// That other work is told apart at all.
#[tokio::test]
async fn c12_the_work_of_right_and_wrong_is_seen_to_differ() {
    let (service, store) = watched(Framework::Axum).await;
    let alice = service.login("alice").await;
    let app = alice.enrol_totp().await;
    let mut work = Vec::new();
    for code in [app.wrong_code(service.now()), app.code(service.now())] {
        let ceremony = alice.begin_mfa().await;
        store.work();
        alice.prove(&ceremony.id, &app.factor, &code).await;
        work.push(store.work());
    }
    assert_ne!(work[0], work[1]);
    assert!(work[0].iter().any(|work| work.starts_with("commit")), "{work:?}");
}
