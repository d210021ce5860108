//! Certified clients read what our APIs say.

use serde_json::{Value, json};
use stepup_tests::Framework;

use crate::scene::{API, Scene, access_token};
use crate::served::Served;

const LIBRARIES: [&str; 2] = ["oauth4webapi", "openid-client"];

impl Scene {
    /// `POST /transfers` with this library.
    fn transfer(&mut self, api: &Served, library: &str, token: &str, more: Value) -> Value {
        let mut call = json!({
            "url": api.transfers(), "method": "POST", "access_token": token, "with": library,
        });
        let more = more.as_object().expect("members").clone();
        call.as_object_mut().expect("members").extend(more);
        let answer = self.client(&json!({ "call": call }));
        assert!(answer["status"].is_u64(), "{library}: {answer}");
        answer
    }
}

/// The one challenge that a client understood.
fn challenge(answer: &Value) -> (&str, &Value) {
    let challenges = answer["challenges"].as_array().map(Vec::as_slice);
    let Some([challenge]) = challenges else { panic!("not one challenge: {answer}") };
    (challenge["scheme"].as_str().expect("a scheme"), &challenge["parameters"])
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn r_9470_10_clients_read_the_challenge_and_log_in_again() {
    let mut scene = Scene::begin();
    for framework in Framework::ALL {
        let api = Served::start(framework, scene.builder(API), |dpop| dpop).await;
        for library in LIBRARIES {
            let session = format!("{framework:?} {library}");
            let weak = scene.token_aged(400, &json!({ "browser": session }));
            let refused = scene.transfer(&api, library, &weak, json!({}));
            assert_eq!(refused["status"], 401);
            let (scheme, parameters) = challenge(&refused);
            assert_eq!(scheme, "bearer", "{refused}");
            let expected = json!({
                "realm": API,
                "error": "insufficient_user_authentication",
                "error_description": parameters["error_description"],
                "acr_values": "mfa phr phrh",
                "max_age": "300",
                "resource_metadata":
                    format!("{}/.well-known/oauth-protected-resource", api.address),
            });
            assert_eq!(*parameters, expected);
            assert!(parameters["error_description"].is_string(), "{refused}");
            let max_age = parameters["max_age"].as_str().expect("text").parse::<u64>();
            let strong = scene.token(&json!({
                "browser": session,
                "acr_values": parameters["acr_values"],
                "max_age": max_age.expect("seconds"),
            }));
            let admitted = scene.transfer(&api, library, &strong, json!({}));
            assert_eq!((&admitted["status"], &admitted["body"]), (&json!(200), &json!("alice")));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn r_9470_17_clients_read_that_a_token_is_invalid_and_no_more() {
    let mut scene = Scene::begin();
    let good = scene.token(&json!({ "acr_values": "mfa" }));
    let (signed, _) = good.rsplit_once('.').expect("a signature");
    let forged = format!("{signed}.{}", "A".repeat(86));
    for framework in Framework::ALL {
        let api = Served::start(framework, scene.builder(API), |dpop| dpop).await;
        for library in LIBRARIES {
            let refused = scene.transfer(&api, library, &forged, json!({}));
            assert_eq!(refused["status"], 401);
            let (scheme, parameters) = challenge(&refused);
            assert_eq!((scheme, &parameters["error"]), ("bearer", &json!("invalid_token")));
            let told = |name: &str| parameters.get(name).is_some();
            assert!(!told("acr_values") && !told("max_age"), "{refused}");
        }
    }
}

/// RFC 9728 §5: from a request without a token to the provider.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn r_9728_a_client_finds_the_provider_through_the_challenge() {
    let mut scene = Scene::begin();
    for framework in Framework::ALL {
        let api = Served::start(framework, scene.builder(API), |dpop| dpop).await;
        let call = json!({ "call": { "url": api.transfers(), "method": "POST" } });
        let refused = scene.client(&call);
        let lines = refused["headers"]["www-authenticate"].as_str().expect("challenges");
        let url = format!("{}/.well-known/oauth-protected-resource", api.address);
        assert!(lines.contains(&format!("resource_metadata=\"{url}\"")), "{lines}");
        assert!(!lines.contains("error"), "R-6750-03: {lines}");
        let metadata = scene.client(&json!({ "call": { "url": url } }));
        let metadata = serde_json::from_str::<Value>(metadata["body"].as_str().expect("text"));
        let metadata = metadata.expect("JSON");
        assert_eq!(metadata["resource"], api.address);
        assert_eq!(metadata["authorization_servers"], json!([scene.issuer]));
    }
}

/// R-9449-01, T24.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn r_9449_a_bound_token_is_admitted_with_a_proof_alone() {
    let mut scene = Scene::begin();
    let login = json!({ "acr_values": "mfa", "dpop": true });
    let response = scene.login(&login);
    assert_eq!(response["token_type"], "dpop");
    let token = access_token(&response);
    let unbound = scene.token(&json!({ "acr_values": "mfa" }));
    for framework in Framework::ALL {
        let api = Served::start(framework, scene.builder(API), |dpop| dpop).await;
        for library in LIBRARIES {
            let admitted = scene.transfer(&api, library, &token, json!({ "dpop": true }));
            assert_eq!(admitted["status"], 200, "{admitted}");
            let refused = scene.transfer(&api, library, &token, json!({}));
            assert_eq!(refused["status"], 401, "a bearer token it is not: {refused}");
            let refused = scene.transfer(&api, library, &unbound, json!({ "dpop": true }));
            assert_eq!(refused["status"], 401, "it is bound to no key: {refused}");
        }
        let authorization = format!("DPoP {token}");
        let call = json!({ "call": {
            "url": api.transfers(), "method": "POST", "headers": { "authorization": authorization },
        } });
        let refused = scene.client(&call);
        assert_eq!(refused["status"], 401, "{refused}");
        let lines = refused["headers"]["www-authenticate"].as_str().expect("challenges");
        assert!(lines.starts_with("DPoP ") && lines.contains("invalid_dpop_proof"), "{lines}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn r_9470_01_a_bound_token_is_challenged_in_its_own_scheme() {
    let mut scene = Scene::begin();
    let weak = scene.token(&json!({ "dpop": true }));
    for framework in Framework::ALL {
        let api = Served::start(framework, scene.builder(API), |dpop| dpop).await;
        for library in LIBRARIES {
            let refused = scene.transfer(&api, library, &weak, json!({ "dpop": true }));
            let (scheme, parameters) = challenge(&refused);
            assert_eq!(scheme, "dpop", "{refused}");
            assert_eq!(parameters["error"], "insufficient_user_authentication");
            assert_eq!(parameters["acr_values"], "mfa phr phrh");
            let login = json!({ "dpop": true, "acr_values": parameters["acr_values"] });
            let strong = scene.token(&login);
            let admitted = scene.transfer(&api, library, &strong, json!({ "dpop": true }));
            assert_eq!(admitted["status"], 200, "{admitted}");
        }
    }
}

/// R-9449 §9: `openid-client` repeats a request with the nonce that it is given.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn r_9449_a_client_takes_up_the_nonce() {
    let mut scene = Scene::begin();
    let token = scene.token(&json!({ "acr_values": "mfa", "dpop": true }));
    for framework in Framework::ALL {
        let settle = |dpop: stepup_core::Dpop| dpop.with_nonces(&[7; 32]);
        let api = Served::start(framework, scene.builder(API), settle).await;
        let answer = scene.transfer(&api, "openid-client", &token, json!({ "dpop": true }));
        assert_eq!(answer["status"], 200, "{answer}");
        let answer = scene.transfer(&api, "oauth4webapi", &token, json!({ "dpop": true }));
        let (scheme, parameters) = challenge(&answer);
        assert_eq!((scheme, &parameters["error"]), ("dpop", &json!("use_dpop_nonce")));
        assert!(answer["headers"]["dpop-nonce"].is_string(), "{answer}");
    }
}
