//! A tenant of Auth0: the routes of the MFA API, with the answers that were recorded of real ones.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::response::Response;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use stepup_core::{Algorithm, Clock, ManualClock};
use stepup_tests::Issuer;
use tokio::net::TcpListener;

pub(super) const CLIENT: &str = "client";
pub(super) const SECRET: &str = "known-to+everybody";
pub(super) const ALICE: &str = "auth0|alice";
/// What is right, of every sort.
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

pub(super) struct Inner {
    pub(super) url: String,
    clock: Arc<ManualClock>,
    signer: Issuer,
    /// Each `mfa_token` with its user.
    tokens: HashMap<String, String>,
    /// Each `oob_code` with its `mfa_token`, and whether a code has to be typed.
    challenges: HashMap<String, (String, bool)>,
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

    pub(super) fn count(&self, path: &str) -> usize {
        self.inner().requests.iter().filter(|asked| *asked == path).count()
    }
}

fn error(status: u16, error: &str, description: &str) -> (u16, Value) {
    (status, json!({ "error": error, "error_description": description }))
}

impl Inner {
    fn fault(&mut self, what: impl Into<String>) -> (u16, Value) {
        self.faults.push(what.into());
        error(400, "invalid_request", "")
    }

    fn challenge(&mut self, mfa_token: &str, authenticator: &str) -> (u16, Value) {
        let binds = self.binds_always || !authenticator.starts_with("push");
        let code = format!("Fe26.2*oob*{}", self.challenges.len());
        self.challenges.insert(code.clone(), (mfa_token.to_owned(), binds));
        let mut made = json!({ "challenge_type": "oob", "oob_code": code });
        if binds {
            made["binding_method"] = "prompt".into();
        }
        (200, made)
    }

    fn list(&mut self, authorization: Option<&str>) -> (u16, Value) {
        let token = authorization.and_then(|value| value.strip_prefix("Bearer "));
        if token.is_none_or(|token| !self.tokens.contains_key(token)) {
            let why = "The mfa_token provided is invalid. Try getting a new token.";
            return error(401, "invalid_grant", why);
        }
        (200, self.authenticators.clone())
    }

    fn start(&mut self, content_type: Option<&str>, body: &str) -> (u16, Value) {
        let Ok(Value::Object(body)) = serde_json::from_str(body) else {
            return self.fault("the challenge is no JSON");
        };
        let mut names: Vec<_> = body.keys().map(String::as_str).collect();
        names.sort_unstable();
        let expected =
            ["authenticator_id", "challenge_type", "client_id", "client_secret", "mfa_token"];
        if content_type != Some("application/json")
            || names != expected
            || body["client_id"] != CLIENT
            || body["client_secret"] != SECRET
            || body["challenge_type"] != "oob"
        {
            return self.fault(format!("not a challenge: {names:?}"));
        }
        let (token, id) = (body["mfa_token"].as_str().unwrap(), &body["authenticator_id"]);
        if !self.tokens.contains_key(token) {
            return error(401, "expired_token", "mfa_token is expired");
        }
        let listed = self.authenticators.as_array().unwrap().clone();
        if !listed.iter().any(|one| one["id"] == *id && one["active"] == true) {
            return error(403, "association_required", "");
        }
        self.challenge(token, id.as_str().unwrap())
    }

    fn verify(&mut self, content_type: Option<&str>, body: &str) -> (u16, Value) {
        let pairs: Vec<(String, String)> =
            url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        let form: BTreeMap<String, String> = pairs.iter().cloned().collect();
        let mut names: Vec<_> = form.keys().map(String::as_str).collect();
        names.retain(|name| {
            !["client_id", "client_secret", "grant_type", "mfa_token"].contains(name)
        });
        let field = |name: &str| form.get(name).map(String::as_str);
        let grant = field("grant_type").and_then(|grant| {
            grant.strip_prefix("http://auth0.com/oauth/grant-type/").map(str::to_owned)
        });
        let fits = match grant.as_deref() {
            Some("mfa-otp") => names == ["otp"],
            Some("mfa-oob") => names == ["oob_code"] || names == ["binding_code", "oob_code"],
            _ => false,
        };
        if content_type != Some("application/x-www-form-urlencoded")
            || pairs.len() != form.len()
            || !fits
            || field("client_id") != Some(CLIENT)
            || field("client_secret") != Some(SECRET)
        {
            return self.fault(format!("not an answer: {names:?} {grant:?}"));
        }
        let mfa_token = field("mfa_token").unwrap_or_default();
        let Some(user) = self.tokens.get(mfa_token).cloned() else {
            return error(403, "invalid_grant", "Malformed mfa_token");
        };
        if let Some(oob_code) = field("oob_code") {
            let Some((of, binds)) = self.challenges.get(oob_code) else {
                return error(403, "invalid_grant", "Malformed oob_code");
            };
            if of != mfa_token {
                let why = "The oob_code doesn't match the mfa_token";
                return error(400, "invalid_request", why);
            }
            match (binds, field("binding_code")) {
                (true, None) => {
                    let why = "Missing required parameter: binding_code";
                    return error(400, "invalid_request", why);
                }
                (true, Some(CODE)) => {}
                (true, Some(_)) => return error(403, "invalid_grant", "Invalid binding_code."),
                (false, _) => match self.pushed {
                    Pushed::Waits => {
                        let why =
                            "Authorization pending: please repeat the request in a few seconds.";
                        return error(400, "authorization_pending", why);
                    }
                    Pushed::Rejected => {
                        return error(400, "access_denied", "MFA Authorization rejected.");
                    }
                    Pushed::Approved => {}
                },
            }
            self.challenges.remove(oob_code);
        } else if field("otp") != Some(CODE) {
            return error(403, "invalid_grant", "Invalid otp_code.");
        }
        // It is good once.
        self.tokens.remove(mfa_token);
        let now = self.clock.now().as_secs();
        let mut header = self.signer.header();
        header["typ"] = "JWT".into();
        let mut claims = json!({
            "iss": format!("{}/", self.url), "aud": CLIENT, "sub": user, "iat": now,
            "exp": now + 36_000,
        });
        (self.bend_claims)(&mut claims);
        let mut tokens = json!({
            "access_token": format!("of {user}"), "token_type": "Bearer", "expires_in": 86_400,
            "scope": "openid", "id_token": self.signer.sign(&header.to_string(), &claims.to_string()),
        });
        (self.bend)(&mut tokens);
        (200, tokens)
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
