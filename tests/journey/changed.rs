//! T25: what was proved with a factor that is gone.
//!
//! The authority itself refuses it at once. An API learns of it where the service tells its gate,
//! as an event sink can; without that a token is good for the rest of its life, five minutes at
//! most unless set otherwise.

use std::time::Duration;

use serde_json::json;
use stepup_authority::{Event, EventKind, EventSink, SigningKeys};
use stepup_core::{Algorithm, Forget, Gate};
use stepup_tests::authority::{AUTHORITY, Setup, TotpApp, User};
use stepup_tests::{Answer, Framework};

use crate::put_together::{all_factors, issuer, problem, service, token};

stepup_tests::on_every_store!(
    t25_a_proof_with_a_factor_that_was_removed_is_refused_at_once
    t25_a_proof_with_a_factor_that_was_replaced_is_refused_at_once
    t25_what_was_begun_before_a_removal_does_not_end_well
);

async fn remove(user: &User<'_>, factor: &str) -> Answer {
    user.call("DELETE", &format!("/step-up/factors/{factor}"), &serde_json::Value::Null).await
}

/// At every page that would take it for a proof.
async fn is_refused(proof: &User<'_>, factor: &str) {
    let begin = proof.try_begin(json!({ "acr_values": "mfa" })).await;
    let enrol = proof.try_enrol(json!({ "method": "totp" })).await;
    let remove = remove(proof, factor).await;
    for (page, answer) in [("begin", begin), ("enrol", enrol), ("remove", remove)] {
        assert_eq!(problem(&answer), (401, "invalid-token".to_owned()), "{page}");
        assert!(answer.challenge().contains(r#"error="invalid_token""#), "{page}");
    }
}

async fn t25_a_proof_with_a_factor_that_was_removed_is_refused_at_once(setup: Setup) {
    let service = setup.start().await;
    let alice = service.login("alice").await;
    let app = alice.enrol_totp().await;
    let early = alice.step_up(&app).await;
    let email = early.enrol_email("alice@example.com").await;
    let late = alice.step_up(&app).await;
    assert_eq!(remove(&late, &app.factor).await.status, 204);
    assert_eq!(service.events.count(EventKind::Removed), 1);
    for proof in [&early, &late] {
        is_refused(proof, &email).await;
    }
    // Nor with the app itself, in a new ceremony of the login, which goes on.
    let ceremony = alice.begin_mfa().await;
    let answer = alice.prove(&ceremony.id, &app.factor, &app.code(service.now())).await;
    assert_eq!(problem(&answer), (404, "no-such-factor".to_owned()));
    // Nobody told the API's gate: there it ends with its life.
    assert_eq!(late.post("/mfa_fresh").await.status, 200);
    service.wait(300);
    assert_eq!(late.post("/mfa_fresh").await.status, 401);

    // With what is left she proves herself as before.
    assert_eq!(alice.prompt(&ceremony.id, &email).await.status, 200);
    let anew = token(&alice.prove(&ceremony.id, &email, &service.outbox.last_code()).await);
    let anew = alice.with_token(&anew);
    assert_eq!(anew.post("/mfa_fresh").await.status, 200);
    assert_eq!(remove(&anew, &email).await.status, 204);
}

async fn t25_a_proof_with_a_factor_that_was_replaced_is_refused_at_once(setup: Setup) {
    let service = setup.start().await;
    let alice = service.login("alice").await;
    let stolen = alice.enrol_totp().await;
    let proof = alice.step_up(&stolen).await;
    let begun = proof.enrol(json!({ "method": "totp", "replaces": stolen.factor })).await;
    let mut app = TotpApp::scan(begun["secret"].as_str().unwrap());
    // Until the new one is there, the old one is.
    let still = alice.step_up(&stolen).await;
    let id = begun["id"].as_str().unwrap();
    let confirmed = proof.confirm(id, &app.code(service.now())).await;
    assert_eq!(confirmed.status, 201, "{}", confirmed.json());
    app.factor = confirmed.json()["factor"]["id"].as_str().unwrap().to_owned();
    for proof in [&proof, &still] {
        is_refused(proof, &app.factor).await;
    }
    service.wait(30);
    let proof = alice.step_up(&app).await;
    // Recovery codes take each other's place by themselves.
    proof.enrol_recovery().await;
    let before = alice.step_up(&app).await;
    let after = alice.step_up(&app).await;
    after.enrol_recovery().await;
    is_refused(&before, &app.factor).await;
}

async fn t25_what_was_begun_before_a_removal_does_not_end_well(setup: Setup) {
    let service = setup.start().await;
    let alice = service.login("alice").await;
    let app = alice.enrol_totp().await;
    let proof = alice.step_up(&app).await;
    let other = proof.enrol_text("+4915112345678").await;
    let ceremony = alice.begin_mfa().await;
    let begun = proof.enrol(json!({ "method": "email", "email": "eve@example.com" })).await;
    let code = service.outbox.last_code();
    let proved = alice.begin_mfa().await;
    let before = token(&alice.prove(&proved.id, &app.factor, &app.code(service.now())).await);
    let remover = alice.with_token(&before);
    assert_eq!(remove(&remover, &app.factor).await.status, 204);
    // The enrolment that the proof allowed.
    let answer = proof.confirm(begun["id"].as_str().unwrap(), &code).await;
    assert_eq!(problem(&answer), (410, "ceremony-over".to_owned()));
    // The ceremony in which the app was offered.
    service.wait(30);
    let answer = alice.prove(&ceremony.id, &app.factor, &app.code(service.now())).await;
    assert_eq!(problem(&answer), (404, "no-such-factor".to_owned()));
    // Nor is the token fetched again that the app earned.
    assert_eq!(problem(&alice.state(&proved.id).await), (410, "ceremony-over".to_owned()));
    is_refused(&remover, &other).await;
}

/// Tells the API's gate, as the documentation has it.
#[derive(Debug)]
struct Tells(Gate);

impl EventSink for Tells {
    fn record(&self, event: &Event<'_>) {
        if event.kind == EventKind::Removed {
            self.0.forget(Forget::Subject { issuer: AUTHORITY, subject: event.subject });
        }
    }
}

#[tokio::test]
async fn t25_a_gate_that_is_told_refuses_it_from_the_next_request_on() {
    for framework in Framework::ALL {
        let setup = Setup::new(framework);
        let own = issuer(&setup, AUTHORITY, SigningKeys::in_store(Algorithm::Es256)).await;
        let gate = own.gate().build().unwrap();
        let outbox = setup.outbox.clone();
        let service = service(setup, own, gate.clone(), |builder| {
            all_factors(builder, &outbox).events(Tells(gate))
        });
        let (alice, bob) = (service.login("alice").await, service.login("bob").await);
        let (app, bobs) = (alice.enrol_totp().await, bob.enrol_totp().await);
        let proof = alice.step_up(&app).await;
        proof.enrol_email("alice@example.com").await;
        let (early, late) = (alice.step_up(&app).await, alice.step_up(&app).await);
        let bobs = bob.step_up(&bobs).await;
        for user in [&early, &late, &bobs] {
            assert_eq!(user.post("/mfa_fresh").await.status, 200);
        }
        assert_eq!(remove(&late, &app.factor).await.status, 204);
        for user in [&early, &late, &alice] {
            let answer = user.post("/mfa_fresh").await;
            assert_eq!((answer.status.as_u16(), answer.ran), (401, 0));
            assert!(answer.challenge().contains(r#"error="invalid_token""#));
        }
        assert_eq!(bobs.post("/mfa_fresh").await.status, 200);
        // The service's own logins are forgotten too. Who logs in again proves herself anew.
        service.clock.advance(Duration::from_secs(1));
        let alice = service.login("alice").await;
        let ceremony = alice.begin_mfa().await;
        let email = ceremony.factor("email");
        assert_eq!(alice.prompt(&ceremony.id, &email).await.status, 200);
        let anew = token(&alice.prove(&ceremony.id, &email, &service.outbox.last_code()).await);
        assert_eq!(alice.with_token(&anew).post("/mfa_fresh").await.status, 200);
    }
}
