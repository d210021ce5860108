//! What stands in for an OpenID Provider and for Firebase: a server of the test's own. It redeems a
//! code as often as it is asked to, so that nothing but the authority keeps one from being good
//! twice.

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::sync::{Arc, LazyLock};
use stepup_core::{Algorithm, Clock as _, ManualClock};
use stepup_tests::Issuer;
use tokio::net::TcpListener;

/// Who the bank is at both, and what it asks for.
const CLIENT: &str = "bank-7";
const FIREBASE: &str = "https://securetoken.google.com/bank-7";
const LEVEL: &str = "urn:two-factors";

#[derive(Clone)]
pub struct Provider {
    pub url: String,
    pub clock: Arc<ManualClock>,
    signer: Arc<Issuer>,
}

impl Provider {
    pub async fn start(clock: &Arc<ManualClock>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        // Making such a key takes long: it is one for all of a process.
        static SIGNER: LazyLock<Arc<Issuer>> =
            LazyLock::new(|| Arc::new(Issuer::new(Algorithm::Rs256)));
        let provider = Self { url, clock: clock.clone(), signer: SIGNER.clone() };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/keys", get(keys))
            .route("/token", post(redeem))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    /// Of both.
    pub fn keys(&self) -> String {
        self.signer.jwks()
    }

    /// What the browser brings back from there: the code says whose login it stands for.
    pub fn redirect(&self, prompt: &Value, subject: &str) -> Value {
        let url = prompt["authorization_url"].as_str().expect("an address");
        let query = url.split_once('?').expect("a query").1;
        let member = |name: &str| {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            let value = pairs.into_iter().find(|(known, _)| *known == name);
            value.unwrap_or_else(|| panic!("no {name} in {url}")).1.to_owned()
        };
        let code = format!("{subject}.{}", member("nonce"));
        json!({ "code": code, "state": member("state"), "iss": self.url })
    }

    /// An ID token of Firebase's, of a sign-in now.
    pub fn firebase_sign_in(&self, subject: &str) -> String {
        let at = self.clock.now().as_secs();
        self.sign(&json!({
            "iss": FIREBASE, "aud": CLIENT, "sub": subject, "user_id": subject,
            "auth_time": at, "iat": at, "exp": at + 3600,
            "firebase": {
                "sign_in_provider": "password",
                "sign_in_second_factor": "phone",
                "second_factor_identifier": format!("of {subject}"),
            },
        }))
    }

    fn sign(&self, claims: &Value) -> String {
        let mut header = self.signer.header();
        header["typ"] = "JWT".into();
        self.signer.sign(&header.to_string(), &claims.to_string())
    }
}

async fn metadata(State(Provider { url, .. }): State<Provider>) -> Json<Value> {
    Json(json!({
        "issuer": url,
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"),
        "jwks_uri": format!("{url}/keys"),
    }))
}

async fn keys(State(provider): State<Provider>) -> String {
    provider.keys()
}

async fn redeem(State(provider): State<Provider>, form: String) -> Json<Value> {
    let code = form.split('&').find_map(|pair| pair.strip_prefix("code="));
    let (subject, nonce) = code.and_then(|code| code.split_once('.')).expect("a code of ours");
    let now = provider.clock.now().as_secs();
    let id_token = provider.sign(&json!({
        "iss": provider.url, "aud": CLIENT, "sub": subject, "nonce": nonce, "acr": LEVEL,
        "auth_time": now, "iat": now, "exp": now + 300,
    }));
    Json(json!({ "id_token": id_token, "token_type": "Bearer" }))
}
