//! Ceremonies.

use serde_json::json;

use super::{Stage, begun, concrete, mfa, prompt, proof, text};
use crate::pager::{Pager, Says};

pub async fn from_begin_to_end(stage: Stage<'_>) {
    let pager = Pager::default();
    let device = pager.clone();
    let service = stage.setup().with(move |builder| builder.factor(device)).start().await;
    let alice = service.login("alice").await;
    let client = stage.client(&service, &alice.token);
    assert_eq!(client.post("/step-up/ceremonies", mfa()).await.status, 403);
    assert_eq!(client.post("/step-up/ceremonies", json!({ "max_age": 0 })).await.status, 400);

    let app = alice.enrol_totp().await;
    let stepped_up = alice.step_up(&app).await;
    let email = stepped_up.enrol_email("alice@example.com").await;
    let paged = stepped_up.enrol(json!({ "method": "pager" })).await;
    let paged = text(&paged["factor"]["id"]).to_owned();
    let again = client.with(&stepped_up.token).post("/step-up/ceremonies", mfa()).await;
    assert!(text(&again.json()["type"]).ends_with("/not-a-login"), "{}", again.json());

    let id = begun(&client).await;
    let own = format!("/step-up/ceremonies/{id}");
    let answer = |factor: &str, code: &str| json!({ "factor": factor, "code": code });
    assert_eq!(client.get(&own).await.json()["status"], "pending");
    assert_eq!(client.post(&proof(&id), json!({})).await.status, 400);
    let number = json!({ "factor": app.factor, "code": 123_456 });
    assert_eq!(client.post(&proof(&id), number).await.json()["attempts_left"], 4);
    let wrong = answer(&app.factor, &app.wrong_code(service.now()));
    assert_eq!(client.post(&proof(&id), wrong).await.status, 403);
    assert_eq!(client.post(&proof(&id), answer("f_1", "123456")).await.status, 404);
    assert_eq!(client.post(&prompt(&id, "f_1"), json!(null)).await.status, 404);
    assert_eq!(client.post(&proof(&id), answer(&email, "123456")).await.status, 409);
    assert_eq!(client.post(&prompt(&id, &email), json!(null)).await.status, 200);
    assert_eq!(client.post(&prompt(&id, &email), json!(null)).await.status, 429);
    service.wait(30);
    service.outbox.set_down(true);
    assert_eq!(client.post(&prompt(&id, &email), json!(null)).await.status, 503);
    service.outbox.set_down(false);
    let waits = client.post(&proof(&id), json!({ "factor": paged })).await;
    assert_eq!(waits.status, 202);
    for (says, status) in [
        (Says::Number, 202),
        (Says::TooLate, 409),
        (Says::TooLittle, 409),
        (Says::Gone, 403),
        (Says::Locked, 429),
    ] {
        pager.says(says);
        let answer = client.post(&proof(&id), json!({ "factor": paged })).await;
        assert_eq!(answer.status, status, "{says:?}");
        let left = answer.json()["factors"].as_array().map_or(0, Vec::len);
        assert_eq!(left, if status == 202 { 0 } else { 2 }, "{says:?}");
    }
    let right = answer(&app.factor, &app.code(service.now()));
    let token = client.post(&proof(&id), right.clone()).await;
    assert_eq!(token.status, 200);
    assert_eq!(client.post(&proof(&id), right).await.status, 409);
    assert_eq!(client.post(&prompt(&id, &email), json!(null)).await.status, 409);
    assert_eq!(client.delete(&own).await.status, 409);
    assert_eq!(client.get(&own).await.json()["status"], "verified");
    service.wait(61);
    assert_eq!(client.get(&own).await.status, 410);

    let id = begun(&client).await;
    let own = format!("/step-up/ceremonies/{id}");
    pager.says(Says::No);
    let denied = client.post(&proof(&id), json!({ "factor": paged })).await;
    assert_eq!(denied.status, 403);
    assert_eq!(client.get(&own).await.json()["status"], "denied");
    assert_eq!(client.post(&proof(&id), json!({ "factor": paged })).await.status, 410);
    assert_eq!(client.post(&prompt(&id, &email), json!(null)).await.status, 410);
    assert_eq!(client.delete(&own).await.status, 204);

    pager.says(Says::Yes);
    let id = begun(&client).await;
    assert_eq!(client.post(&proof(&id), json!({ "factor": paged })).await.status, 200);

    let own = format!("/step-up/ceremonies/{}", begun(&client).await);
    assert_eq!(client.delete(&own).await.status, 204);
    assert_eq!(client.get(&own).await.json()["status"], "cancelled");
    let own = format!("/step-up/ceremonies/{}", begun(&client).await);
    service.wait(601);
    assert_eq!(client.get(&own).await.json()["status"], "expired");
}

/// A ceremony that is not there, and one of somebody else's.
pub async fn none_of_theirs(stage: Stage<'_>) {
    let service = stage.setup().start().await;
    let alice = service.login("alice").await;
    let _app = alice.enrol_totp().await;
    let id = begun(&stage.client(&service, &alice.token)).await;
    let bob = service.login("bob").await;
    let client = stage.client(&service, &bob.token);
    let nobodys = concrete("{ceremony}");
    for id in [id, nobodys] {
        let own = format!("/step-up/ceremonies/{id}");
        assert_eq!(client.get(&own).await.status, 404);
        assert_eq!(client.delete(&own).await.status, 404);
        assert_eq!(client.post(&prompt(&id, "f_1"), json!(null)).await.status, 404);
        assert_eq!(client.post(&proof(&id), json!({ "factor": "f_1" })).await.status, 404);
    }
}
