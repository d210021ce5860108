//! A user whose account at the provider is enrolled, and who has an authenticator app beside it.

use std::sync::Arc;

use serde_json::{Value, json};
use stepup_authority::factor::{OidcClient, OidcFactor};
use stepup_core::{Algorithm, Level, ManualClock, Timestamp};
use stepup_tests::authority::{Service, Setup, TotpApp, User};
use stepup_tests::{Answer, Framework, NOW};

use super::double::{CLIENT, Double, PAGE, SECRET};

pub(super) struct Scene {
    pub(super) service: Service,
    pub(super) double: Double,
    app: TotpApp,
    token: String,
}

/// A ceremony in which the user was sent to the provider.
pub(super) struct Sent {
    pub(super) ceremony: String,
    pub(super) factor: String,
    pub(super) prompt: Value,
}

impl Scene {
    pub(super) async fn begin(framework: Framework) -> Self {
        let clock = Arc::new(ManualClock::at(Timestamp::from_secs(NOW)));
        let double = Double::start(&clock).await;
        let scene = Self::at(framework, clock, double, |authx| authx).await;
        let alice = scene.alice().await;
        let begun = alice.enrol(json!({ "method": "authx" })).await;
        let answer = scene.double.log_in(&begun["prompt"]);
        let path = format!("/step-up/enrolments/{}", begun["id"].as_str().unwrap());
        let answer = alice.call("POST", &path, &answer).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
        scene
    }

    /// Without an enrolled account.
    pub(super) async fn at(
        framework: Framework,
        clock: Arc<ManualClock>,
        double: Double,
        change: impl FnOnce(OidcFactor) -> OidcFactor,
    ) -> Self {
        let issuer = double.inner().url.clone();
        let client = OidcClient::secret_basic(CLIENT, SECRET);
        let authx = OidcFactor::new("authx", issuer, client, PAGE).unwrap();
        let authx = authx.level(Level::MFA, "urn:mfa").unwrap().signed_with(Algorithm::Es256);
        let authx = change(authx);
        let setup = Setup::new(framework).clock(clock);
        let service = setup.with(move |builder| builder.factor(authx)).start().await;
        // The app first: what is there has to be used before another factor is added.
        let alice = service.login("alice").await;
        let app: TotpApp = alice.enrol_totp().await;
        let token = alice.step_up(&app).await.token;
        Self { service, double, app, token }
    }

    pub(super) async fn alice(&self) -> User<'_> {
        self.service.login("alice").await.with_token(&self.token)
    }

    /// Later, with another login that was stepped up: one that may change factors.
    pub(super) async fn alice_again(&self) -> User<'_> {
        self.service.wait(3600);
        self.service.login("alice").await.step_up(&self.app).await
    }

    /// With a token of a new login.
    pub(super) async fn alice_anew(&self) -> User<'_> {
        self.service.login("alice").await
    }

    pub(super) async fn ask(&self, user: &User<'_>) -> (String, String, Answer) {
        let begun = user.begin_mfa().await;
        let factor = begun.factor("authx");
        let answer = user.prompt(&begun.id, &factor).await;
        (begun.id, factor, answer)
    }

    pub(super) async fn send(&self, user: &User<'_>) -> Sent {
        let (ceremony, factor, answer) = self.ask(user).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        Sent { ceremony, factor, prompt: answer.json()["prompt"].clone() }
    }

    /// Nothing was sent that the standards do not have.
    pub(super) fn assert_conformant(&self) {
        assert_eq!(self.double.inner().faults, Vec::<String>::new());
    }
}

impl Sent {
    pub(super) async fn post(&self, user: &User<'_>, sent_back: &Value) -> Answer {
        let mut body = sent_back.clone();
        body["factor"] = self.factor.clone().into();
        user.prove_with(&self.ceremony, &body).await
    }
}

/// The status, what the problem's `type` ends with, and `Retry-After`.
pub(super) fn problem(answer: &Answer) -> (u16, String, String) {
    let body = answer.json();
    let name = body["type"].as_str().and_then(|uri| uri.rsplit('/').next()).unwrap_or_default();
    let wait = answer.headers.get("retry-after").map_or("", |value| value.to_str().unwrap());
    (answer.status.as_u16(), name.to_owned(), wait.to_owned())
}

pub(super) fn is(answer: &Answer, expected: (u16, &str, &str), what: &str) {
    let (status, name, wait) = problem(answer);
    assert_eq!((status, name.as_str(), wait.as_str()), expected, "{what}: {}", answer.json());
}
