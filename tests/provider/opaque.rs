//! Tokens that only the provider can read (RFC 7662).

use std::time::Duration;

use serde_json::json;
use stepup_core::{Gate, Introspection};
use stepup_tests::{Api, Framework};

use crate::scene::{OPAQUE, Scene, access_token, asked_for, assert_admitted, assert_invalid};

async fn gate(scene: &Scene) -> Gate {
    let introspection = Introspection::new("confidential", "known-to-everybody");
    let gate = scene.builder(OPAQUE).introspection(introspection.remember_for(Duration::ZERO));
    gate.discover().await.expect("the provider suffices")
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn r_9470_13_introspection_tells_level_and_time() {
    let mut scene = Scene::begin();
    let gate = gate(&scene).await;
    for (framework, session) in [(Framework::Axum, "axum"), (Framework::Poem, "poem")] {
        let api = Api::new(framework, &gate);
        let weak = scene.token(&json!({ "resource": OPAQUE, "browser": session }));
        let refused = api.post_with("/mfa_fresh", &weak).await;
        assert_eq!(refused.json()["shortfall"], json!(["level"]));
        let mut login = asked_for(&refused, session);
        login["resource"] = OPAQUE.into();
        let strong = scene.token(&login);
        assert!(!strong.contains('.'), "it is opaque");
        assert_admitted(&api.post_with("/mfa_fresh", &strong).await);

        let login = json!({ "resource": OPAQUE, "acr_values": "mfa" });
        let old = scene.token_aged(400, &login);
        let refused = api.post_with("/mfa_fresh", &old).await;
        assert_eq!(refused.json()["shortfall"], json!(["age"]));
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn a_token_that_is_not_active_is_invalid() {
    let mut scene = Scene::begin();
    let gate = gate(&scene).await;
    for framework in Framework::ALL {
        let api = Api::new(framework, &gate);
        assert_invalid(&api.post_with("/single", "unheard-of").await);
        let first = scene.login(&json!({ "resource": OPAQUE }));
        let token = access_token(&first);
        assert_admitted(&api.post_with("/single", &token).await);
        // Used twice, a refresh token takes all that came of the login with it.
        let refresh = json!({ "refresh": { "refresh_token": first["refresh_token"] } });
        assert!(scene.client(&refresh)["access_token"].is_string());
        assert_eq!(scene.client(&refresh)["error"], "invalid_grant");
        assert_invalid(&api.post_with("/single", &token).await);
        // RFC 7662 §2.2: the provider calls this one active too.
        let other = scene.login(&json!({ "resource": OPAQUE }));
        let refresh_token = other["refresh_token"].as_str().expect("a refresh token");
        assert_invalid(&api.post_with("/single", refresh_token).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn r_9470_02_a_clients_own_opaque_token_is_not_sent_to_log_in() {
    let mut scene = Scene::begin();
    let gate = gate(&scene).await;
    let token = scene.client(&json!({ "client_credentials": { "resource": OPAQUE } }));
    for framework in Framework::ALL {
        let api = Api::new(framework, &gate);
        let answer = api.post_with("/single", &access_token(&token)).await;
        assert_eq!((answer.status.as_u16(), answer.ran), (403, 0), "{answer:?}");
    }
}
