//! The same story for each factor, whatever the framework and the store.

use serde_json::{Value, json};
use stepup_authority::EventKind;
use stepup_tests::authority::{Service, Setup, User};

stepup_tests::on_every_store!(every_factor_ends_in_a_token_that_is_admitted);

/// What the challenge of an answer demands, as a client repeats it.
fn demanded(answer: &stepup_tests::Answer) -> Value {
    let challenges = stepup_core::read_challenges(answer.challenge()).expect("it can be read");
    let [challenge] = challenges.as_slice() else { panic!("not one: {challenges:?}") };
    assert_eq!(challenge.param("error"), Some("insufficient_user_authentication"));
    let max_age = challenge.param("max_age").map(|seconds| seconds.parse::<u64>().unwrap());
    json!({ "acr_values": challenge.param("acr_values"), "max_age": max_age })
}

/// Weak token → 401 → ceremony → each factor → token → 200.
async fn every_factor_ends_in_a_token_that_is_admitted(setup: Setup) {
    let service = setup.start().await;
    let alice = service.login("alice").await;
    let answer = alice.post("/mfa_fresh").await;
    assert_eq!((answer.status.as_u16(), answer.ran), (401, 0));
    let wanted = demanded(&answer);
    assert_eq!(wanted, json!({ "acr_values": "mfa phr phrh", "max_age": 300 }));

    // Nothing is enrolled yet: no weaker demand, but a way to enrol.
    let unmet = alice.try_begin(wanted.clone()).await;
    assert_eq!(unmet.status, 403);
    assert_eq!(unmet.json()["error"], "unmet_authentication_requirements");
    assert_eq!(unmet.json()["enrol"], json!(["totp", "email", "sms", "recovery"]));

    let app = alice.enrol_totp().await;
    let stepped_up =
        prove_and_call(&service, &alice, &wanted, "totp", || app.code(service.now())).await;
    stepped_up.enrol_email("alice@example.com").await;
    let code = || service.outbox.last_code();
    prove_and_call(&service, &alice, &wanted, "email", code).await;
    stepped_up.enrol_text("+4915112345678").await;
    prove_and_call(&service, &alice, &wanted, "sms", code).await;
    let (_, codes) = stepped_up.enrol_recovery().await;
    prove_and_call(&service, &alice, &wanted, "recovery", || codes[3].clone()).await;
    assert_eq!(service.events.count(EventKind::Issued), 4);
    assert_eq!(service.events.count(EventKind::Enrolled), 4);
}

async fn prove_and_call<'a>(
    service: &Service,
    user: &User<'a>,
    wanted: &Value,
    method: &str,
    code: impl Fn() -> String,
) -> User<'a> {
    let ceremony = user.begin(wanted.clone()).await;
    let factor = ceremony.factor(method);
    if matches!(method, "email" | "sms") {
        let prompt = user.prompt(&ceremony.id, &factor).await;
        assert_eq!(prompt.status, 200, "{}", prompt.json());
    }
    let answer = user.prove(&ceremony.id, &factor, &code()).await;
    assert_eq!(answer.status, 200, "{method}: {}", answer.json());
    let body = answer.json();
    assert_eq!(body["acr"], "mfa", "{method}");
    assert_eq!(body["auth_time"], service.now(), "{method}");
    let stepped_up = user.with_token(body["access_token"].as_str().unwrap());
    let answer = stepped_up.post("/mfa_fresh").await;
    assert_eq!((answer.status.as_u16(), answer.ran), (200, 1), "{method}: {}", answer.json());
    service.wait(30);
    stepped_up
}
