//! What limits and policies answer.

use serde_json::json;
use stepup_authority::{FirstEnrolment, Limits};
use stepup_tests::authority::TotpApp;

use super::exchange::{GRANT, TYPE};
use super::{ENROLMENTS, Stage, begun, mfa, prompt, proof, text};

/// Ceremonies, enrolments, factors.
pub async fn too_many(stage: Stage<'_>) {
    let few = |builder: stepup_authority::AuthorityBuilder| {
        builder.limits(Limits::default().open_ceremonies(4).factors(2))
    };
    let service = stage.setup().with(few).start().await;
    let alice = service.login("alice").await;
    let client = stage.client(&service, &alice.token);
    let app = alice.enrol_totp().await;
    begun(&client).await;
    begun(&client).await;
    assert_eq!(client.post("/step-up/ceremonies", mfa()).await.status, 429);
    service.wait(601);

    let stepped_up = alice.step_up(&app).await;
    let client = client.with(&stepped_up.token);
    let totp = || json!({ "method": "totp" });
    let mut two = Vec::new();
    for _ in 0..2 {
        two.push(client.post(ENROLMENTS, totp()).await.json());
    }
    assert_eq!(client.post(ENROLMENTS, totp()).await.status, 429);
    for (begun, status) in two.iter().zip([201, 409]) {
        let app = TotpApp::scan(text(&begun["secret"]));
        let own = format!("{ENROLMENTS}/{}", text(&begun["id"]));
        let answer = client.post(&own, json!({ "code": app.code(service.now()) })).await;
        assert_eq!(answer.status, status, "{}", answer.json());
    }
    assert_eq!(client.post(ENROLMENTS, totp()).await.status, 409);
}

/// Wrong answers, to a factor and to an enrolment.
pub async fn locked(stage: Stage<'_>) {
    let service = stage.setup().start().await;
    let alice = service.login("alice").await;
    let client = stage.client(&service, &alice.token);
    let mut locks = Vec::new();
    for _ in 0..2 {
        let begun = client.post(ENROLMENTS, json!({ "method": "totp" })).await.json();
        let app = TotpApp::scan(text(&begun["secret"]));
        let own = format!("{ENROLMENTS}/{}", text(&begun["id"]));
        for _ in 0..5 {
            let wrong = json!({ "code": app.wrong_code(service.now()) });
            locks.push(client.post(&own, wrong).await.status.as_u16());
        }
    }
    assert_eq!(locks, [403, 403, 403, 403, 403, 429, 429, 429, 429, 429]);

    service.wait(901);
    let alice = service.login("alice").await;
    let client = client.with(&alice.token);
    let app = alice.enrol_totp().await;
    for status in [403, 429] {
        let id = begun(&client).await;
        for _ in 0..5 {
            let wrong = app.wrong_code(service.now());
            let wrong = json!({ "factor": app.factor, "code": wrong });
            assert_eq!(client.post(&proof(&id), wrong).await.status, status);
        }
        if status == 429 {
            let form = [
                GRANT,
                TYPE,
                ("subject_token", &alice.token),
                ("ceremony", &id),
                ("factor", &app.factor),
                ("code", "123456"),
            ];
            assert_eq!(client.exchange(&form).await.status, 429);
        }
    }
}

/// A factor that had too many wrong answers in a row.
pub async fn disabled(stage: Stage<'_>) {
    let one = |builder: stepup_authority::AuthorityBuilder| {
        builder.limits(Limits::default().guesses_in_a_row(1))
    };
    let service = stage.setup().with(one).start().await;
    let alice = service.login("alice").await;
    let app = alice.enrol_totp().await;
    let client = stage.client(&service, &alice.token);
    let id = begun(&client).await;
    let wrong = || json!({ "factor": app.factor, "code": app.wrong_code(service.now()) });
    assert_eq!(client.post(&proof(&id), wrong()).await.status, 403);
    let disabled = [
        client.post(&proof(&id), wrong()).await,
        client.post(&prompt(&id, &app.factor), json!(null)).await,
    ];
    for answer in disabled {
        assert_eq!(answer.status, 403);
        assert!(text(&answer.json()["type"]).ends_with("/factor-disabled"), "{}", answer.json());
    }
}

/// Where the service enrols the first factor itself.
pub async fn closed(stage: Stage<'_>) {
    let closed = |builder: stepup_authority::AuthorityBuilder| {
        builder.first_enrolment(FirstEnrolment::ByService)
    };
    let service = stage.setup().with(closed).start().await;
    let alice = service.login("alice").await;
    let client = stage.client(&service, &alice.token);
    let answer = client.post(ENROLMENTS, json!({ "method": "totp" })).await;
    assert_eq!(answer.status, 403);
    assert!(text(&answer.json()["type"]).ends_with("/enrolment-closed"), "{}", answer.json());
}

/// Where the user does, and logged in too long ago for it.
pub async fn too_late(stage: Stage<'_>) {
    let service = stage.setup().start().await;
    let alice = service.login("alice").await;
    let client = stage.client(&service, &alice.token);
    service.wait(301);
    let answer = client.post(ENROLMENTS, json!({ "method": "totp" })).await;
    assert_eq!(answer.status, 403);
    assert!(text(&answer.json()["type"]).ends_with("/login-too-old"), "{}", answer.json());
    assert_eq!(client.delete("/step-up/factors/f_1").await.status, 404);
}
