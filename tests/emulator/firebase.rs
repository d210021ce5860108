//! From signing up at Firebase to a stepped-up token.

use std::sync::Arc;

use serde_json::json;
use stepup_authority::factor::FirebaseFactor;
use stepup_core::{Clock, ManualClock, SystemClock, Timestamp, danger};
use stepup_tests::authority::{Service, Setup, User};
use stepup_tests::{Answer, Framework};

use crate::account::{Account, SignedIn};
use crate::emulator::Emulator;

/// The emulator's clock is the machine's; ours stands still between two calls.
fn now() -> Timestamp {
    SystemClock.now()
}

async fn service(framework: Framework) -> Service {
    let clock = Arc::new(ManualClock::at(now()));
    let gate = danger::firebase_emulator("demo-bank").realm("bank").clock(clock.clone());
    // The tests' handlers demand more than Firebase has.
    let gate = gate.except_module("stepup_tests").build().expect("this is no release build");
    let factor = FirebaseFactor::new(gate).expect("a gate for Firebase");
    let setup = Setup::new(framework).clock(clock);
    setup.with(move |builder| builder.factor(factor)).start().await
}

async fn enrol(user: &User<'_>, sign_in: impl FnOnce() -> String) -> Answer {
    let begun = user.enrol(json!({ "method": "firebase" })).await;
    let path = format!("/step-up/enrolments/{}", begun["id"].as_str().unwrap());
    let token = sign_in();
    user.call("POST", &path, &json!({ "id_token": token })).await
}

/// A sign-in with the phone of this place in the list. However long it took, it is not of the
/// service's future.
fn by_phone(service: &Service, account: &Account<'_>, at: usize) -> SignedIn {
    let signed_in = account.sign_in_with_phone(at);
    service.clock.set(now());
    signed_in
}

/// A ceremony, and what the client does once it is asked.
async fn prove(user: &User<'_>, sign_in: impl FnOnce() -> String) -> Answer {
    let begun = user.begin_mfa().await;
    let factor = begun.factor("firebase");
    let prompt = user.prompt(&begun.id, &factor).await;
    assert_eq!(prompt.status, 200, "{}", prompt.json());
    user.prove_with(&begun.id, &json!({ "factor": factor, "id_token": sign_in() })).await
}

fn problem(answer: &Answer) -> (u16, String) {
    let body = answer.json();
    let name = body["type"].as_str().and_then(|uri| uri.rsplit('/').next()).unwrap_or_default();
    (answer.status.as_u16(), name.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn a_sign_in_with_a_second_factor_at_firebase_steps_up() {
    let emulator = Emulator::start();
    for framework in Framework::ALL {
        let service = service(framework).await;
        let mut account = Account::sign_up(&emulator, &format!("{framework:?}@example.com"));
        let alice = service.login(&account.uid).await;

        // A password is no second factor.
        let alone = || account.sign_in()["idToken"].as_str().expect("a token").to_owned();
        assert_eq!(problem(&enrol(&alice, alone).await), (409, "prompt-over".to_owned()));

        account.add_phone("+15555550100");
        service.clock.set(now());
        let enrolled = enrol(&alice, || by_phone(&service, &account, 0).id_token).await;
        assert_eq!(enrolled.status, 201, "{}", enrolled.json());
        assert_eq!(enrolled.json()["factor"]["method"], "firebase");

        // Each sign-in is good once, and one second of the clock is one sign-in.
        let enrolling = now().as_secs();
        while now().as_secs() <= enrolling {
            tokio::task::yield_now().await;
        }
        service.clock.set(now());
        let mut signed_in = None;
        let proved = prove(&alice, || {
            let tokens = by_phone(&service, &account, 0);
            signed_in.insert(tokens).id_token.clone()
        })
        .await;
        assert_eq!(proved.status, 200, "{}", proved.json());
        assert_eq!(proved.json()["acr"], "mfa");
        let signed_in = signed_in.expect("a sign-in");
        let again = prove(&alice, || signed_in.id_token.clone()).await;
        assert_eq!(problem(&again), (403, "wrong-answer".to_owned()), "the same token");

        // A refreshed token is as old as its sign-in, which is older than clocks are apart.
        service.clock.set(now().plus(std::time::Duration::from_secs(10)));
        let refreshed = prove(&alice, || account.refresh(&signed_in)).await;
        assert_eq!(problem(&refreshed), (409, "prompt-over".to_owned()), "{}", refreshed.json());

        // Somebody who has the session adds a phone of theirs.
        service.clock.set(now());
        account.add_phone("+15555550199");
        let thief = prove(&alice, || by_phone(&service, &account, 1).id_token).await;
        assert_eq!(problem(&thief), (403, "wrong-answer".to_owned()));
        // And somebody else has an account of theirs.
        let mut other = Account::sign_up(&emulator, &format!("other-{framework:?}@example.com"));
        other.add_phone("+15555550100");
        let foreign = prove(&alice, || by_phone(&service, &other, 0).id_token).await;
        assert_eq!(problem(&foreign), (403, "wrong-answer".to_owned()));
    }
}
