//! What is answered while the store does not do what it should.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use stepup_authority::Login;
use stepup_core::Method;

use super::exchange::{GRANT, TYPE};
use super::{Stage, begun, concrete, mfa, prompt, proof, text};
use crate::moody::{Mood, Moody};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub async fn away(stage: Stage<'_>) {
    let store = Arc::new(Moody::default());
    let service = stage.setup().store(store.clone()).start().await;
    let login = Login::of("alice").client_id("web").method(Method::PWD).lifetime(DAY);
    let token = service.issuer.issue_login(login).await.unwrap();
    let client = stage.client(&service, &token);
    store.set(Mood::Away);
    let operations = stage.description.operations();
    let is_of_a_user = |path: &str| path.starts_with("/step-up") && !path.contains("/methods/");
    for (method, path) in operations.iter().filter(|(_, path)| is_of_a_user(path)) {
        let path = concrete(path);
        let answer = match &*path {
            "/step-up/token" => {
                let ceremony = concrete("{ceremony}");
                let form = [GRANT, TYPE, ("subject_token", &*token), ("ceremony", &*ceremony)];
                client.exchange(&form).await
            }
            _ if method == "POST" => {
                client.post(&path, json!({ "method": "totp", "factor": "f_1" })).await
            }
            _ => client.call(method, &path, Value::Null).await,
        };
        assert_eq!(answer.status, 503, "{method} {path}");
    }
    // Keys that nobody looked at for an hour vouch for nothing.
    service.wait(3_700);
    for path in ["/.well-known/jwks.json", "/step-up/factors"] {
        for method in ["GET", "HEAD"] {
            assert_eq!(client.call(method, path, Value::Null).await.status, 503, "{path}");
        }
    }
}

pub async fn full_and_forgetful(stage: Stage<'_>) {
    let store = Arc::new(Moody::default());
    let service = stage.setup().store(store.clone()).start().await;
    let alice = service.login("alice").await;
    let app = alice.enrol_totp().await;
    let client = stage.client(&service, &alice.token);
    let id = begun(&client).await;
    store.set(Mood::Full);
    let full = client.post("/step-up/ceremonies", mfa()).await;
    assert!(text(&full.json()["type"]).ends_with("/full"), "{}", full.json());

    store.set(Mood::Forgetful);
    let own = format!("/step-up/ceremonies/{id}");
    let code = json!({ "factor": app.factor, "code": app.code(service.now()) });
    let over = [
        client.get(&own).await,
        client.delete(&own).await,
        client.post(&prompt(&id, &app.factor), json!(null)).await,
        client.post(&proof(&id), code).await,
    ];
    for answer in over {
        assert_eq!(answer.status, 410, "{}", answer.json());
    }
}
