//! A provider, a client of it, and gates that trust it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use stepup_core::{Challenge, Clock, Gate, GateBuilder, Network, SystemClock, Timestamp};
use stepup_tests::Answer;

use crate::partner::Partner;

/// The resource whose tokens are JWTs signed with ES256.
pub(crate) const API: &str = "https://api.example";
/// The one whose tokens only the provider can read.
pub(crate) const OPAQUE: &str = "https://api.example/opaque";

pub(crate) struct Scene {
    pub(crate) issuer: String,
    provider: Partner,
    client: Partner,
}

impl Scene {
    pub(crate) fn begin() -> Self {
        let mut provider = Partner::start("provider.mjs", &[]);
        let state = provider.hear();
        let issuer = state["issuer"].as_str().expect("an address").to_owned();
        let client = Partner::start("client.mjs", &[&issuer]);
        Self { issuer, provider, client }
    }

    /// Controls the provider.
    pub(crate) fn provider(&mut self, control: &Value) -> Value {
        let state = self.provider.ask(control);
        assert!(state.get("error").is_none(), "{control}: {state}");
        state
    }

    /// Has the client do something.
    pub(crate) fn client(&mut self, command: &Value) -> Value {
        self.client.ask(command)
    }

    /// Logs alice in: the token response.
    pub(crate) fn login(&mut self, options: &Value) -> Value {
        let response = self.client(&json!({ "login": options }));
        assert!(response["access_token"].is_string(), "{options}: {response}");
        response
    }

    /// Logs alice in: the access token.
    pub(crate) fn token(&mut self, options: &Value) -> String {
        access_token(&self.login(options))
    }

    /// The token of a login that counts as this many seconds old.
    pub(crate) fn token_aged(&mut self, seconds: i64, options: &Value) -> String {
        self.provider(&json!({ "age": seconds }));
        self.token(options)
    }

    /// A gate for this resource at the provider. Not all handlers of the tests can be reached
    /// there.
    pub(crate) fn builder(&self, audience: &str) -> GateBuilder {
        Gate::builder(&self.issuer, audience)
            .network(Network::Loopback)
            .except_module("stepup_tests")
    }

    pub(crate) async fn gate(&self, audience: &str) -> Gate {
        self.builder(audience).discover().await.expect("the provider suffices")
    }
}

pub(crate) fn access_token(response: &Value) -> String {
    response["access_token"].as_str().expect("a token").to_owned()
}

/// The login that a challenge asks for (R-9470-10).
pub(crate) fn asked_for(answer: &Answer, session: &str) -> Value {
    assert_eq!((answer.status.as_u16(), answer.ran), (401, 0), "{answer:?}");
    let challenge = Challenge::from_headers(&answer.headers);
    let challenge = challenge.expect("well-formed").expect("it can be stepped up");
    let mut login = json!({ "browser": session });
    if !challenge.acr_values().is_empty() {
        login["acr_values"] = challenge.acr_values().join(" ").into();
    }
    if let Some(seconds) = challenge.max_age() {
        login["max_age"] = seconds.into();
    }
    login
}

#[track_caller]
pub(crate) fn assert_admitted(answer: &Answer) {
    assert_eq!((answer.status.as_u16(), answer.ran), (200, 1), "{answer:?}");
}

/// 401 `invalid_token`, with nothing said of the requirement.
#[track_caller]
pub(crate) fn assert_invalid(answer: &Answer) {
    assert_eq!((answer.status.as_u16(), answer.ran), (401, 0), "{answer:?}");
    assert!(answer.challenge().contains(r#"error="invalid_token""#), "{answer:?}");
    assert!(!answer.challenge().contains("acr_values"), "{answer:?}");
}

/// The machine's clock, put forward: the provider's tokens are of now.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ahead(Arc<AtomicU64>);

impl Ahead {
    pub(crate) fn advance(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        SystemClock.now().plus(Duration::from_secs(self.0.load(Ordering::SeqCst)))
    }
}
