//! From a challenge to a login that suffices.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use stepup_core::Profile;
use stepup_tests::{Api, Framework};

use crate::scene::{API, Ahead, Scene, access_token, asked_for, assert_admitted, assert_invalid};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn r_9470_10_a_login_as_the_challenge_asks_for_is_admitted() {
    let mut scene = Scene::begin();
    let gate = scene.gate(API).await;
    for (framework, session) in [(Framework::Axum, "axum"), (Framework::Poem, "poem")] {
        let api = Api::new(framework, &gate);
        let weak = scene.token_aged(400, &json!({ "browser": session }));
        let refused = api.post_with("/mfa_fresh", &weak).await;
        let login = asked_for(&refused, session);
        let expected = json!({
            "browser": session, "acr_values": "mfa phr phrh", "max_age": 300,
        });
        assert_eq!(login, expected);
        let strong = scene.token(&login);
        assert_admitted(&api.post_with("/mfa_fresh", &strong).await);
        // R-9470-16: the client keeps both.
        assert_admitted(&api.post_with("/single", &weak).await);
        assert_eq!(api.post_with("/mfa_fresh", &weak).await.status, 401);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn r_9470_06_an_old_login_is_challenged_again() {
    let mut scene = Scene::begin();
    let gate = scene.gate(API).await;
    for (framework, session) in [(Framework::Axum, "axum"), (Framework::Poem, "poem")] {
        let api = Api::new(framework, &gate);
        let recent = scene.token_aged(200, &json!({ "acr_values": "mfa" }));
        assert_admitted(&api.post_with("/mfa_fresh", &recent).await);

        let login = json!({ "browser": session, "acr_values": "mfa" });
        let old = scene.token_aged(400, &login);
        assert_admitted(&api.post_with("/mfa", &old).await);
        let refused = api.post_with("/mfa_fresh", &old).await;
        assert_eq!(refused.json()["shortfall"], json!(["age"]));
        // Without the age the session suffices, and the loop would never end.
        let same = scene.token(&login);
        assert_eq!(api.post_with("/mfa_fresh", &same).await.status, 401);
        let new = scene.token(&asked_for(&refused, session));
        assert_admitted(&api.post_with("/mfa_fresh", &new).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn r_9470_11_a_level_out_of_reach_is_no_weaker_login() {
    let mut scene = Scene::begin();
    let gate = scene.gate(API).await;
    let best = scene.token(&json!({ "acr_values": "mfa" }));
    for framework in Framework::ALL {
        let api = Api::new(framework, &gate);
        let login = asked_for(&api.post_with("/phr", &best).await, "her");
        assert_eq!(login["acr_values"], "phr phrh");
        let failed = scene.client(&json!({ "login": login }));
        assert_eq!(failed["error"], "unmet_authentication_requirements", "{failed}");
        assert_eq!(api.post_with("/phr", &best).await.status, 401);
    }
}

/// T17, R-9470-14.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn t17_a_refresh_makes_no_login_younger() {
    let mut scene = Scene::begin();
    for framework in Framework::ALL {
        let clock = Ahead::default();
        let gate = scene.builder(API).clock(clock.clone()).discover().await.unwrap();
        let api = Api::new(framework, &gate);
        let first = scene.login(&json!({ "acr_values": "mfa" }));
        assert_admitted(&api.post_with("/mfa_fresh", &access_token(&first)).await);

        clock.advance(301);
        let refresh = json!({ "refresh": { "refresh_token": first["refresh_token"] } });
        let second = scene.client(&refresh);
        assert_ne!(second["access_token"], first["access_token"]);
        for response in [&first, &second] {
            let token = access_token(response);
            assert_admitted(&api.post_with("/mfa", &token).await);
            let refused = api.post_with("/mfa_fresh", &token).await;
            assert_eq!(refused.json()["shortfall"], json!(["age"]));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn r_9470_02_a_clients_own_token_is_not_sent_to_log_in() {
    let mut scene = Scene::begin();
    let gate = scene.gate(API).await;
    let token = access_token(&scene.client(&json!({ "client_credentials": {} })));
    for framework in Framework::ALL {
        let api = Api::new(framework, &gate);
        for path in ["/single", "/mfa_fresh"] {
            let answer = api.post_with(path, &token).await;
            assert_eq!((answer.status.as_u16(), answer.ran), (403, 0), "{path} {answer:?}");
            assert_eq!(answer.challenge(), "", "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn each_algorithm_and_only_this_audience() {
    let mut scene = Scene::begin();
    let resources = [(API, "ES256"), ("https://api.example/rs256", "RS256")];
    let login = |resource| json!({ "resource": resource, "acr_values": "mfa" });
    let tokens = resources.map(|(resource, _)| scene.token(&login(resource)));
    for (resource, algorithm) in resources {
        let gate = scene.gate(resource).await;
        for framework in Framework::ALL {
            let api = Api::new(framework, &gate);
            for token in &tokens {
                let answer = api.post_with("/mfa_fresh", token).await;
                if signed_with(token) == algorithm {
                    assert_admitted(&answer);
                } else {
                    assert_invalid(&answer);
                }
            }
        }
    }
    assert_eq!(tokens.map(|token| signed_with(&token)), ["ES256", "RS256"]);
}

/// T12: even where the client and the API have one identifier.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn t12_an_id_token_is_no_access_token() {
    let mut scene = Scene::begin();
    let response = scene.login(&json!({ "acr_values": "mfa" }));
    let id_token = response["id_token"].as_str().expect("an ID token");
    for profile in [Profile::rfc9068(), Profile::oidc()] {
        let gate = scene.builder("public").profile(profile).discover().await.unwrap();
        for framework in Framework::ALL {
            assert_invalid(&Api::new(framework, &gate).post_with("/mfa", id_token).await);
        }
    }
}

fn signed_with(token: &str) -> String {
    let header = token.split('.').next().expect("a header");
    let header = URL_SAFE_NO_PAD.decode(header).expect("base64url");
    let header: Value = serde_json::from_slice(&header).expect("JSON");
    header["alg"].as_str().expect("an algorithm").to_owned()
}
