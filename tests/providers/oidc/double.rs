//! An OpenID Provider that takes exactly what the standards describe, and misbehaves as it is told.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use stepup_core::{Algorithm, Clock, ManualClock};
use stepup_tests::Issuer;
use tokio::net::TcpListener;
use url::Url;

pub(super) const CLIENT: &str = "step-up:1";
pub(super) const SECRET: &str = "a b+c%:&=";
pub(super) const PAGE: &str = "https://app.example/return?from=idp";

/// Form fields, of which none may stand twice.
type Form = BTreeMap<String, String>;

/// How it answers at one place, where not as it should.
#[derive(Clone)]
pub(super) enum Instead {
    Nothing,
    Answer(u16, &'static [(&'static str, &'static str)], String),
}

pub(super) struct Inner {
    pub(super) url: String,
    clock: Arc<ManualClock>,
    pub(super) signer: Issuer,
    pushed: HashMap<String, Form>,
    /// Those that were asked for and not redeemed, with what they were asked for by.
    codes: HashMap<String, Form>,
    pub(super) instead: HashMap<&'static str, Instead>,
    /// What its metadata say otherwise.
    pub(super) metadata: Value,
    /// Makes another ID token of a good one: header, claims and signature.
    pub(super) bend: fn(&mut Value, &mut Value),
    pub(super) resign: Option<fn(&str, &Issuer) -> String>,
    /// What was sent that the standards do not have.
    pub(super) faults: Vec<String>,
    pub(super) requests: Vec<String>,
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
            signer: Issuer::new(Algorithm::Es256),
            pushed: HashMap::new(),
            codes: HashMap::new(),
            instead: HashMap::new(),
            metadata: json!({}),
            bend: |_, _| {},
            resign: None,
            faults: Vec::new(),
            requests: Vec::new(),
        })));
        let router = Router::new().fallback(answer).with_state(double.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        double
    }

    pub(super) fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }

    /// What the browser would bring back.
    pub(super) fn log_in(&self, prompt: &Value) -> Value {
        let url = Url::parse(prompt["authorization_url"].as_str().expect("an address")).unwrap();
        let mut inner = self.inner();
        assert_eq!(url.path(), "/authorize");
        let mut query: Form = url.query_pairs().into_owned().collect();
        assert_eq!(query.len(), url.query_pairs().count(), "nothing twice: {url}");
        assert_eq!(query.remove("own").as_deref(), Some("1"), "its own query is kept: {url}");
        let asked = match query.get("request_uri").cloned() {
            Some(pushed) => {
                assert_eq!(query.keys().collect::<Vec<_>>(), ["client_id", "request_uri"]);
                assert_eq!(query["client_id"], CLIENT);
                inner.pushed.remove(&pushed).expect("it was pushed, and is used once")
            }
            None => query,
        };
        inner.check_request(&asked);
        let code = format!("code-{}", inner.codes.len());
        let state = asked["state"].clone();
        inner.codes.insert(code.clone(), asked);
        json!({ "code": code, "state": state, "iss": inner.url })
    }

    /// The same, with this error.
    pub(super) fn refuse(&self, prompt: &Value, error: &str) -> Value {
        let mut back = self.log_in(prompt);
        back.as_object_mut().unwrap().remove("code");
        back["error"] = error.into();
        back
    }

    pub(super) fn count(&self, path: &str) -> usize {
        self.inner().requests.iter().filter(|asked| *asked == path).count()
    }
}

impl Inner {
    fn fault(&mut self, what: impl Into<String>) {
        self.faults.push(what.into());
    }

    /// The `acr_values` that a user is sent with.
    pub(super) fn asked(&self, address: &Url) -> String {
        let query: Form = address.query_pairs().into_owned().collect();
        let asked = query.get("request_uri").map_or(&query, |pushed| &self.pushed[pushed]);
        asked.get("acr_values").cloned().unwrap_or_default()
    }

    /// OpenID Connect Core 1.0 §3.1.2.1, RFC 7636 §4.3.
    fn check_request(&mut self, form: &Form) {
        let expected = [
            ("response_type", "code"),
            ("client_id", CLIENT),
            ("redirect_uri", PAGE),
            ("scope", "openid"),
            ("code_challenge_method", "S256"),
            ("prompt", "login"),
            ("max_age", "0"),
        ];
        for (name, value) in expected {
            if form.get(name).is_none_or(|sent| sent != value) {
                self.fault(format!("{name} is not {value}: {form:?}"));
            }
        }
        for name in ["state", "nonce", "code_challenge"] {
            // 256 bits of base64url.
            if form.get(name).is_none_or(|sent| sent.len() != 43) {
                self.fault(format!("{name} is missing or weak: {form:?}"));
            }
        }
        let known = ["state", "nonce", "code_challenge", "acr_values", "login_hint"];
        let is_known =
            |name: &&str| known.contains(name) || expected.iter().any(|(n, _)| n == name);
        if let Some(unknown) = form.keys().map(String::as_str).find(|name| !is_known(name)) {
            self.fault(format!("nobody knows {unknown}"));
        }
    }

    /// RFC 6749 §2.3.1 and §3.2, RFC 9126 §2.1: form, Basic of both parts encoded, nothing twice.
    fn form(&mut self, method: &str, headers: &HeaderMap, body: &str) -> Option<Form> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let encode =
            |part: &str| url::form_urlencoded::byte_serialize(part.as_bytes()).collect::<String>();
        let basic = STANDARD.encode(format!("{}:{}", encode(CLIENT), encode(SECRET)));
        let pairs: Vec<(String, String)> =
            url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        let form: Form = pairs.iter().cloned().collect();
        let wrong = if method != "POST" {
            Some("not POST")
        } else if text("content-type") != Some("application/x-www-form-urlencoded") {
            Some("no form")
        } else if text("authorization") != Some(&format!("Basic {basic}")) {
            Some("not by Basic, or not encoded")
        } else if form.len() != pairs.len() {
            Some("something stands twice")
        } else if form.contains_key("client_secret") || form.contains_key("client_assertion") {
            Some("authenticated twice")
        } else {
            None
        };
        if let Some(wrong) = wrong {
            self.fault(wrong);
            return None;
        }
        Some(form)
    }

    fn push(&mut self, form: Form) -> (u16, Value) {
        self.check_request(&form);
        let uri = format!("urn:ietf:params:oauth:request_uri:{}", self.pushed.len());
        self.pushed.insert(uri.clone(), form);
        (201, json!({ "request_uri": uri, "expires_in": 60, "more": [1] }))
    }

    fn redeem(&mut self, form: &Form) -> (u16, Value) {
        let names: Vec<_> = form.keys().map(String::as_str).collect();
        if names != ["code", "code_verifier", "grant_type", "redirect_uri"]
            || form["grant_type"] != "authorization_code"
            || form["redirect_uri"] != PAGE
        {
            self.fault(format!("not the form of a code: {form:?}"));
            return (400, json!({ "error": "invalid_request" }));
        }
        let Some(asked) = self.codes.remove(&form["code"]) else {
            return (400, json!({ "error": "invalid_grant" }));
        };
        let verifier = form["code_verifier"].as_bytes();
        let challenge = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, verifier);
        if URL_SAFE_NO_PAD.encode(challenge) != asked["code_challenge"] {
            return (400, json!({ "error": "invalid_grant" }));
        }
        let access_token = "an-access-token";
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, access_token.as_bytes());
        let now = self.clock.now().as_secs();
        let mut header = self.signer.header();
        header["typ"] = "JWT".into();
        let mut claims = json!({
            "iss": self.url, "aud": CLIENT, "sub": "subject-1", "iat": now, "exp": now + 300,
            "auth_time": now, "nonce": asked["nonce"], "acr": "urn:mfa",
            "amr": ["pwd", "otp"], "at_hash": URL_SAFE_NO_PAD.encode(&digest.as_ref()[..16]),
        });
        (self.bend)(&mut header, &mut claims);
        let mut id_token = self.signer.sign(&header.to_string(), &claims.to_string());
        if let Some(resign) = self.resign {
            id_token = resign(&id_token, &self.signer);
        }
        let tokens = json!({
            "access_token": access_token, "token_type": "Bearer", "expires_in": 60,
            "id_token": id_token, "scope": "openid",
        });
        (200, tokens)
    }

    fn document(&self) -> Value {
        let url = &self.url;
        let mut document = json!({
            "issuer": url,
            "authorization_endpoint": format!("{url}/authorize?own=1"),
            "token_endpoint": format!("{url}/token"),
            "jwks_uri": format!("{url}/jwks"),
            "pushed_authorization_request_endpoint": format!("{url}/par"),
            "authorization_response_iss_parameter_supported": true,
            "response_types_supported": ["code"],
        });
        for (name, value) in self.metadata.as_object().into_iter().flatten() {
            if value.is_null() {
                document.as_object_mut().unwrap().remove(name);
            } else {
                document[name] = value.clone();
            }
        }
        document
    }
}

async fn answer(State(double): State<Double>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let body = String::from_utf8(body.to_vec()).unwrap();
    let path = parts.uri.path().to_owned();
    let (instead, made) = {
        let mut inner = double.inner();
        inner.requests.push(path.clone());
        let made = match path.as_str() {
            "/.well-known/openid-configuration" => (200, inner.document()),
            "/jwks" => {
                (200, json!({ "keys": [{ "kty": "oct", "k": "AAAA" }, inner.signer.jwk()] }))
            }
            "/par" | "/token" => match inner.form(parts.method.as_str(), &parts.headers, &body) {
                None => (401, json!({ "error": "invalid_client" })),
                Some(form) if path == "/par" => inner.push(form),
                Some(form) => inner.redeem(&form),
            },
            _ => {
                inner.fault(format!("nobody asks for {path}"));
                (404, Value::Null)
            }
        };
        (inner.instead.get(path.as_str()).cloned(), made)
    };
    match instead {
        Some(Instead::Nothing) => std::future::pending().await,
        Some(Instead::Answer(status, headers, body)) => {
            let mut response = Response::builder().status(status);
            for (name, value) in headers {
                response = response.header(*name, *value);
            }
            response.body(Bytes::from(body).into()).unwrap()
        }
        None => Response::builder()
            .status(StatusCode::from_u16(made.0).unwrap())
            .header("content-type", "application/json")
            .body(Bytes::from(made.1.to_string()).into())
            .unwrap(),
    }
}
