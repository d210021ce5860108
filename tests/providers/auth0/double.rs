//! A tenant of Auth0: the routes of the MFA API, with the answers that were recorded of real ones.

mod routes;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::response::Response;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use stepup_core::{Algorithm, ManualClock};
use stepup_tests::Issuer;
use tokio::net::TcpListener;

pub(super) const CLIENT: &str = "client";
pub(super) const SECRET: &str = "known-to+everybody";
pub(super) const ALICE: &str = "auth0|alice";
/// What the app shows.
pub(super) const CODE: &str = "123456";

/// How it answers, where not as it should.
#[derive(Clone)]
pub(super) enum Instead {
    Nothing,
    Answer(u16, Vec<(&'static str, String)>, String),
}

/// Whether the user has answered on their device.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pushed {
    Waits,
    Approved,
    Rejected,
}

/// Something that was asked of the user, by one of their authenticators.
struct Challenge {
    mfa_token: String,
    /// The code that has to be typed.
    code: Option<String>,
    polled_at: Option<u64>,
}

pub(super) struct Inner {
    pub(super) url: String,
    clock: Arc<ManualClock>,
    signer: Issuer,
    /// Each `mfa_token` with its user.
    tokens: HashMap<String, String>,
    /// By their `oob_code`.
    challenges: HashMap<String, Challenge>,
    /// What came to each authenticator last.
    received: HashMap<String, String>,
    pub(super) pushed: Pushed,
    pub(super) instead: HashMap<&'static str, Instead>,
    pub(super) authenticators: Value,
    /// What it answers to a right code, changed.
    pub(super) bend: fn(&mut Value),
    pub(super) bend_claims: fn(&mut Value),
    pub(super) binds_always: bool,
    pub(super) faults: Vec<String>,
    pub(super) requests: Vec<String>,
    pub(super) revoked: usize,
}

#[derive(Clone)]
pub(super) struct Double(Arc<Mutex<Inner>>);

impl Double {
    pub(super) async fn start(clock: &Arc<ManualClock>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let double = Self(Arc::new(Mutex::new(Inner {
            url,
            clock: clock.clone(),
            signer: Issuer::new(Algorithm::Rs256),
            tokens: HashMap::new(),
            challenges: HashMap::new(),
            received: HashMap::new(),
            pushed: Pushed::Waits,
            instead: HashMap::new(),
            // As they come: a list of everything, some of it not confirmed.
            authenticators: json!([
                { "id": "recovery-code|dev_1", "authenticator_type": "recovery-code", "active": true },
                { "id": "sms|dev_0", "authenticator_type": "oob", "active": false, "oob_channel": "sms" },
                { "id": "sms|dev_2", "authenticator_type": "oob", "active": true, "oob_channel": "sms", "name": "XXXXXXXXX9167" },
                { "id": "voice|dev_2", "authenticator_type": "oob", "active": true, "oob_channel": "voice" },
                { "id": "push|dev_3", "authenticator_type": "oob", "active": true, "oob_channel": "auth0", "name": "Pixel" },
                { "id": "email|dev_4", "authenticator_type": "oob", "active": true, "oob_channels": ["email"] },
                { "id": "totp|dev_5", "authenticator_type": "otp", "active": true, "type": "totp" },
            ]),
            bend: |_| {},
            bend_claims: |_| {},
            binds_always: false,
            faults: Vec::new(),
            requests: Vec::new(),
            revoked: 0,
        })));
        let router = Router::new().fallback(answer).with_state(double.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        double
    }

    pub(super) fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }

    /// What a login that is answered `mfa_required` brings.
    pub(super) fn mfa_token(&self, user: &str) -> String {
        let mut inner = self.inner();
        let token = format!("Fe26.2*{}*{}", inner.tokens.len(), "a".repeat(1500));
        inner.tokens.insert(token.clone(), user.to_owned());
        token
    }

    /// What the client's SDK does.
    pub(super) fn challenge(&self, mfa_token: &str, authenticator: &str) -> String {
        let (status, made) = self.inner().challenge(mfa_token, authenticator);
        assert_eq!(status, 200, "{made}");
        made["oob_code"].as_str().unwrap().to_owned()
    }

    /// The code that came to this authenticator last.
    pub(super) fn received(&self, authenticator: &str) -> String {
        self.inner().received[authenticator].clone()
    }

    pub(super) fn count(&self, path: &str) -> usize {
        self.inner().requests.iter().filter(|asked| *asked == path).count()
    }
}

async fn answer(State(double): State<Double>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let content_type = header("content-type");
    let path = parts.uri.path().to_owned();
    let (instead, made) = {
        let mut inner = double.inner();
        inner.requests.push(path.clone());
        if body.contains("password") {
            inner.fault("a password");
        }
        let url = inner.url.clone();
        let made = match (parts.method.as_str(), path.as_str()) {
            ("GET", "/mfa/authenticators") => inner.list(header("authorization")),
            ("POST", "/mfa/challenge") => inner.start(content_type, &body),
            ("POST", "/oauth/token") => inner.verify(content_type, &body),
            ("POST", "/oauth/revoke") => {
                inner.revoked += 1;
                (200, Value::Null)
            }
            ("GET", "/userinfo") => {
                let of = header("authorization").and_then(|value| value.strip_prefix("Bearer of "));
                (200, json!({ "sub": of.unwrap_or("nobody") }))
            }
            ("GET", "/.well-known/openid-configuration") => {
                let document = json!({
                    "issuer": format!("{url}/"),
                    "authorization_endpoint": format!("{url}/authorize"),
                    "token_endpoint": format!("{url}/oauth/token"),
                    "jwks_uri": format!("{url}/.well-known/jwks.json"),
                });
                (200, document)
            }
            ("GET", "/.well-known/jwks.json") => (200, json!({ "keys": [inner.signer.jwk()] })),
            _ => inner.fault(format!("nobody asks for {path}")),
        };
        (inner.instead.get(path.as_str()).cloned(), made)
    };
    match instead {
        Some(Instead::Nothing) => std::future::pending().await,
        Some(Instead::Answer(status, headers, body)) => {
            let mut response = Response::builder().status(status);
            for (name, value) in headers {
                response = response.header(name, value);
            }
            response.body(Bytes::from(body).into()).unwrap()
        }
        None => Response::builder()
            .status(made.0)
            .header("content-type", "application/json")
            .body(Bytes::from(made.1.to_string()).into())
            .unwrap(),
    }
}
