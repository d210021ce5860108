//! One issuer, one gate that found its keys, and the API in both frameworks.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use http::Request;
use stepup_core::{Algorithm, Gate, GateBuilder, ManualClock, Network};
use stepup_tests::{AUDIENCE, Answer, Api, Framework, Issuer, LoopbackIssuer, NOW, Token, clock};

use crate::still::tasks;

/// How old keys become before they are fetched again.
pub(crate) const DUE: Duration = Duration::from_secs(5 * 60);
/// The longest that anybody waits for a fetch.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) const KEYS: &str = LoopbackIssuer::KEYS;
pub(crate) const METADATA: &str = LoopbackIssuer::METADATA;

pub(crate) struct Scene {
    pub(crate) idp: LoopbackIssuer,
    /// The key that the issuer publishes when the scene begins.
    pub(crate) key: Issuer,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) gate: Gate,
    apis: [(Framework, Api); 2],
    tokens: Cell<usize>,
}

/// A builder for a gate of this issuer.
pub(crate) fn builder(idp: &LoopbackIssuer, clock: &Arc<ManualClock>) -> GateBuilder {
    Gate::builder(idp.url(), AUDIENCE).network(Network::Loopback).clock(clock.clone())
}

/// A key with this name.
pub(crate) fn key(kid: &str) -> Issuer {
    Issuer::with_kid(Algorithm::EdDsa, kid)
}

impl Scene {
    pub(crate) async fn begin() -> Self {
        Self::settled(|gate| gate).await
    }

    /// With a gate that is settled in some way.
    pub(crate) async fn settled(settle: impl FnOnce(GateBuilder) -> GateBuilder) -> Self {
        let key = key("key-1");
        Self::of(LoopbackIssuer::start(&[&key]), key, settle).await
    }

    /// With an issuer that publishes something of its own.
    pub(crate) async fn of(
        idp: LoopbackIssuer,
        key: Issuer,
        settle: impl FnOnce(GateBuilder) -> GateBuilder,
    ) -> Self {
        let clock = clock();
        let gate = settle(builder(&idp, &clock)).discover().await.expect("the issuer is fine");
        let apis = Framework::ALL.map(|framework| (framework, Api::new(framework, &gate)));
        let scene = Self { idp, key, clock, gate, apis, tokens: Cell::new(0) };
        scene.landed().await;
        scene
    }

    /// A token that nobody has seen before, good for longer than any scene.
    pub(crate) fn token(&self) -> String {
        self.signed_by(&self.key)
    }

    /// The same under another key.
    pub(crate) fn signed_by(&self, key: &Issuer) -> String {
        key.token(&self.claims())
    }

    pub(crate) fn claims(&self) -> Token {
        let serial = self.tokens.replace(self.tokens.get() + 1);
        let token = Token::new().with("iss", self.idp.url()).with("exp", NOW + 1_000_000);
        token.with("jti", format!("token-{serial}"))
    }

    /// What both frameworks answer, however long it takes.
    pub(crate) async fn ask(&self, token: &str) -> Answer {
        let [(_, axum), (_, poem)] = &self.apis;
        let answer = axum.post_with("/mfa", token).await;
        assert_eq!(answer, poem.post_with("/mfa", token).await, "axum and poem differ");
        answer
    }

    /// The statuses that both frameworks answer with: for requests that are many at once.
    pub(crate) async fn statuses(&self, token: &str) -> [u16; 2] {
        let [(_, axum), (_, poem)] = &self.apis;
        let axum = axum.post_with("/mfa", token).await;
        let poem = poem.post_with("/mfa", token).await;
        [axum.status.as_u16(), poem.status.as_u16()]
    }

    /// What both frameworks answer without waiting for anything: when they are first polled.
    pub(crate) fn ask_now(&self, token: &str) -> Answer {
        self.ask(token).now_or_never().expect("nobody is waited for")
    }

    pub(crate) fn admits(&self, token: &str, when: &str) {
        admitted(&self.ask_now(token), when);
    }

    pub(crate) fn refuses(&self, token: &str, when: &str) {
        refused(&self.ask_now(token), when);
    }

    /// Nobody can tell whether the token is good, and the answer says so.
    pub(crate) fn cannot_tell(&self, token: &str, when: &str) {
        unavailable(&self.ask_now(token), when);
    }

    /// Waits until no fetch is under way any more. What hangs is given up.
    pub(crate) async fn gives_up(&self) {
        // A fetch that was just started sets its timers first.
        tokio::task::yield_now().await;
        tokio::time::advance(PATIENCE).await;
        self.landed().await;
    }

    /// Waits until no fetch is under way any more. What is left looks after the keys.
    pub(crate) async fn landed(&self) {
        tasks(1).await;
    }

    /// Time passes, for the gate's clock and for timers.
    pub(crate) async fn pass(&self, span: Duration) {
        self.clock.advance(span);
        tokio::time::advance(span).await;
    }

    pub(crate) fn fetches(&self) -> usize {
        self.idp.requests(KEYS)
    }
}

pub(crate) fn admitted(answer: &Answer, when: &str) {
    assert_eq!((answer.status.as_u16(), answer.ran), (200, 1), "{when}: {answer:?}");
}

pub(crate) fn refused(answer: &Answer, when: &str) {
    assert_eq!((answer.status.as_u16(), answer.ran), (401, 0), "{when}: {answer:?}");
    assert!(answer.challenge().contains(r#"error="invalid_token""#), "{when}: {answer:?}");
}

pub(crate) fn unavailable(answer: &Answer, when: &str) {
    assert_eq!((answer.status.as_u16(), answer.ran), (503, 0), "{when}: {answer:?}");
    assert_eq!(answer.headers["retry-after"], "5", "{when}");
    assert_eq!(answer.challenge(), "", "{when}: a login cannot help");
}

/// What core says of a token: who it is of, or a status.
pub(crate) async fn verify(gate: &Gate, token: &str) -> Result<String, u16> {
    let request = Request::get("/").header("authorization", format!("Bearer {token}")).body(());
    match gate.verify(&request.expect("a request")).await {
        Ok(authentication) => Ok(authentication.subject().to_owned()),
        Err(rejection) => Err(rejection.response().status().as_u16()),
    }
}
