//! Enrolling factors, and removing them.

use serde_json::{Value, json};
use stepup_tests::authority::TotpApp;

use super::{ENROLMENTS, Stage, concrete, mfa, text};
use crate::pager::Pager;

pub async fn enrolled_and_removed(stage: Stage<'_>) {
    let service = stage.setup().with(|builder| builder.factor(Pager::default())).start().await;
    let alice = service.login("alice").await;
    let client = stage.client(&service, &alice.token);
    assert_eq!(client.call("HEAD", "/step-up/factors", Value::Null).await.status, 200);

    let begun = client.post(ENROLMENTS, json!({ "method": "totp" })).await.json();
    let own = format!("{ENROLMENTS}/{}", text(&begun["id"]));
    let mut app = TotpApp::scan(text(&begun["secret"]));
    assert_eq!(client.post(&own, json!({ "code": true })).await.status, 400);
    let wrong = json!({ "code": app.wrong_code(service.now()) });
    assert_eq!(client.post(&own, wrong).await.status, 403);
    let right = json!({ "code": app.code(service.now()) });
    let done = client.post(&own, right.clone()).await.json();
    app.factor = text(&done["factor"]["id"]).to_owned();
    assert_eq!(client.post(&own, right).await.status, 410);
    let nobodys = concrete("/step-up/enrolments/{enrolment}");
    assert_eq!(client.post(&nobodys, json!({ "code": "123456" })).await.status, 404);
    service.wait(30);

    let factor = format!("/step-up/factors/{}", app.factor);
    assert_eq!(client.post(ENROLMENTS, json!({ "method": "recovery" })).await.status, 401);
    assert_eq!(client.delete(&factor).await.status, 401);
    let stepped_up = alice.step_up(&app).await;
    let client = client.with(&stepped_up.token);
    for (details, status) in [
        (json!({ "method": "email", "email": "alice" }), 422),
        (json!({ "method": "fax" }), 400),
        (json!({ "method": "totp", "replaces": "f_1" }), 404),
        (json!({ "method": "email", "email": "alice@example.com" }), 201),
        (json!({ "method": "email", "email": "alice@example.com" }), 429),
        (json!({ "method": "sms", "phone": "+4915112345678" }), 201),
        (json!({ "method": "recovery" }), 201),
        (json!({ "method": "pager" }), 201),
    ] {
        let answer = client.post(ENROLMENTS, details.clone()).await;
        assert_eq!(answer.status, status, "{details}: {}", answer.json());
    }
    service.outbox.set_down(true);
    let unsent = json!({ "method": "email", "email": "alice@elsewhere.example" });
    assert_eq!(client.post(ENROLMENTS, unsent).await.status, 503);

    let listed = client.get("/step-up/factors").await.json();
    let factors = listed["factors"].as_array().unwrap();
    assert_eq!(factors.len(), 3);
    assert_eq!(client.delete("/step-up/factors/f_1").await.status, 404);
    let pager = format!("/step-up/factors/{}", text(&factors[2]["id"]));
    assert_eq!(client.delete(&pager).await.status, 204);
    // What was proved before a factor was removed counts no more.
    assert_eq!(client.post("/step-up/ceremonies", mfa()).await.status, 401);
}
