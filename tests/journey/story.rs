//! The same story for each factor that is a code, whatever the framework and the store.

use serde_json::json;
use stepup_authority::EventKind;
use stepup_tests::authority::{Ceremony, Service, Setup, User};

stepup_tests::on_every_store!(every_code_ends_in_a_token_that_is_admitted);

/// Weak token → 401 → ceremony → each code → token → 200.
async fn every_code_ends_in_a_token_that_is_admitted(setup: Setup) {
    let service = setup.start().await;
    let alice = service.login("alice").await;
    let answer = alice.post("/mfa_fresh").await;
    assert_eq!((answer.status.as_u16(), answer.ran), (401, 0));
    let wanted = answer.demanded();
    assert_eq!(wanted, json!({ "acr_values": "mfa phr phrh", "max_age": 300 }));

    // Nothing is enrolled yet: no weaker demand, but a way to enrol.
    let unmet = alice.try_begin(wanted).await;
    assert_eq!(unmet.status, 403);
    assert_eq!(unmet.json()["error"], "unmet_authentication_requirements");
    assert_eq!(unmet.json()["enrol"], json!(["totp", "email", "sms", "recovery"]));

    let app = alice.enrol_totp().await;
    let stepped_up = by_code(&service, &alice, "totp", || app.code(service.now())).await;
    stepped_up.enrol_email("alice@example.com").await;
    let code = || service.outbox.last_code();
    by_code(&service, &alice, "email", code).await;
    stepped_up.enrol_text("+4915112345678").await;
    by_code(&service, &alice, "sms", code).await;
    let (_, codes) = stepped_up.enrol_recovery().await;
    by_code(&service, &alice, "recovery", || codes[3].clone()).await;
    assert_eq!(service.events.count(EventKind::Issued), 4);
    assert_eq!(service.events.count(EventKind::Enrolled), 4);
}

async fn by_code<'a>(
    service: &Service,
    user: &User<'a>,
    method: &str,
    code: impl Fn() -> String,
) -> User<'a> {
    let answer = async |ceremony: Ceremony| {
        let factor = ceremony.factor(method);
        if matches!(method, "email" | "sms") {
            let prompt = user.prompt(&ceremony.id, &factor).await;
            assert_eq!(prompt.status, 200, "{}", prompt.json());
        }
        user.prove(&ceremony.id, &factor, &code()).await
    };
    let stepped_up = user.admitted_to("/mfa_fresh", "mfa", answer).await;
    service.wait(30);
    stepped_up
}
