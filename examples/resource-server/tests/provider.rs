//! The example guarded by a certified provider, called by certified clients.

#![expect(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test")]

#[path = "../../../tests/provider/partner.rs"]
mod partner;
mod server;

use partner::Partner;
use serde_json::{Value, json};
use server::Server;

/// A provider, and a client that calls one server.
struct Scene {
    issuer: String,
    /// Ends last.
    client: Partner,
    _provider: Partner,
}

impl Scene {
    fn begin() -> Self {
        let mut provider = Partner::start("provider.mjs", &[]);
        let issuer = provider.hear()["issuer"].as_str().expect("an address").to_owned();
        let client = Partner::start("client.mjs", &[&issuer]);
        Self { issuer, client, _provider: provider }
    }

    fn serve(&self, framework: &str, audience: &str, more: &[&str]) -> Server {
        let args = ["--issuer", &self.issuer, "--audience", audience, "--framework", framework];
        Server::start(&[&args[..], more].concat(), "known-to-everybody")
    }

    fn login(&mut self, options: &Value) -> Value {
        let response = self.client.ask(&json!({ "login": options }));
        assert!(response["access_token"].is_string(), "{response}");
        response["access_token"].clone()
    }

    fn call(&mut self, server: &Server, method: &str, path: &str, token: &Value) -> Value {
        self.client.ask(&json!({ "call": {
            "url": format!("{}{path}", server.address),
            "method": method,
            "access_token": token,
            "with": "oauth4webapi",
        } }))
    }
}

#[test]
#[ignore = "needs Node.js: cargo xtask test"]
fn tokens_of_the_provider_open_what_they_suffice_for() {
    let mut scene = Scene::begin();
    for framework in ["axum", "poem"] {
        let server = scene.serve(framework, "https://api.example", &[]);
        assert_eq!(server.lines.len(), 3, "{:?}", server.lines);
        let session = json!({ "browser": framework });
        let weak = scene.login(&session);
        let me = scene.call(&server, "GET", "/me", &weak);
        let me: Value = serde_json::from_str(me["body"].as_str().expect("text")).expect("JSON");
        assert_eq!((&me["sub"], &me["level"]), (&json!("alice"), &json!("single-factor")));

        let refused = scene.call(&server, "POST", "/fresh", &weak);
        let challenge = &refused["challenges"][0]["parameters"];
        assert_eq!(challenge["error"], "insufficient_user_authentication", "{refused}");
        let max_age = challenge["max_age"].as_str().and_then(|seconds| seconds.parse::<u64>().ok());
        let strong = scene.login(&json!({
            "browser": framework, "acr_values": challenge["acr_values"], "max_age": max_age,
        }));
        for (path, status) in [("/fresh", 200), ("/mfa", 200), ("/phr", 401)] {
            assert_eq!(scene.call(&server, "POST", path, &strong)["status"], status, "{path}");
        }

        let metadata = challenge["resource_metadata"].as_str().expect("it says where");
        let metadata = scene.client.ask(&json!({ "call": { "url": metadata } }));
        let metadata = metadata["body"].as_str().expect("text");
        let metadata: Value = serde_json::from_str(metadata).expect("JSON");
        assert_eq!(metadata["resource"], server.address);
        assert_eq!(metadata["authorization_servers"], json!([scene.issuer]));
    }
}

#[test]
#[ignore = "needs Node.js: cargo xtask test"]
fn a_bound_token_goes_with_a_proof() {
    let mut scene = Scene::begin();
    let token = scene.login(&json!({ "acr_values": "mfa", "dpop": true }));
    for framework in ["axum", "poem"] {
        let server = scene.serve(framework, "https://api.example", &[]);
        for (proof, status) in [(true, 200), (false, 401)] {
            let answer = scene.client.ask(&json!({ "call": {
                "url": format!("{}/fresh", server.address),
                "method": "POST",
                "access_token": token,
                "with": "openid-client",
                "dpop": proof,
            } }));
            assert_eq!(answer["status"], status, "{framework} {answer}");
        }
    }
}

#[test]
#[ignore = "needs Node.js: cargo xtask test"]
fn opaque_tokens_are_introspected() {
    let mut scene = Scene::begin();
    let audience = "https://api.example/opaque";
    let login = |more: Value| {
        let mut login = json!({ "resource": audience });
        login.as_object_mut().expect("members").extend(more.as_object().expect("members").clone());
        login
    };
    let weak = scene.login(&login(json!({})));
    let strong = scene.login(&login(json!({ "acr_values": "mfa" })));
    for framework in ["axum", "poem"] {
        let server = scene.serve(framework, audience, &["--introspect", "confidential"]);
        for (token, status) in [(&weak, 401), (&strong, 200), (&json!("unheard-of"), 401)] {
            let answer = scene.call(&server, "POST", "/fresh", token);
            assert_eq!(answer["status"], status, "{framework} {answer}");
        }
    }
}
