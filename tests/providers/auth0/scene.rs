//! A user who has authenticators at Auth0, and an authenticator app here.

use std::sync::Arc;

use serde_json::{Value, json};
use stepup_authority::factor::{
    Auth0Mfa, Auth0Tenant, DeliveryError, FactorFuture, User as Enrolled,
};
use stepup_core::{ManualClock, Timestamp};
use stepup_tests::authority::{Service, Setup, TotpApp, User};
use stepup_tests::{Answer, Framework, NOW};

use super::double::{ALICE, CLIENT, Double, SECRET};

pub(super) struct Scene {
    pub(super) service: Service,
    pub(super) double: Double,
    app: TotpApp,
}

/// Who they are there.
pub(super) fn user_id(user: Enrolled<'_>) -> Option<String> {
    (user.subject == "alice").then(|| ALICE.to_owned())
}

/// How the service makes an `mfa_token`.
pub(super) fn tokens(
    double: &Double,
) -> impl Fn(String) -> FactorFuture<'static, Result<String, DeliveryError>> + use<> {
    let double = double.clone();
    move |user_id| Box::pin(std::future::ready(Ok(double.mfa_token(&user_id))))
}

impl Scene {
    /// With these factors, of which none is enrolled.
    pub(super) async fn begin(
        framework: Framework,
        factors: fn(&Auth0Tenant, &Double) -> Vec<Auth0Mfa>,
    ) -> Self {
        let clock = Arc::new(ManualClock::at(Timestamp::from_secs(NOW)));
        let double = Double::start(&clock).await;
        let url = double.inner().url.clone();
        let tenant = Auth0Tenant::new(&url, CLIENT, SECRET).unwrap();
        let factors = factors(&tenant, &double);
        let setup = Setup::new(framework).clock(clock);
        let build = |builder: stepup_authority::AuthorityBuilder| {
            factors.into_iter().fold(builder, |builder, factor| builder.factor(factor))
        };
        let service = setup.with(build).start().await;
        let app = service.login("alice").await.enrol_totp().await;
        Self { service, double, app }
    }

    /// May change factors.
    pub(super) async fn alice_again(&self) -> User<'_> {
        self.service.wait(3600);
        self.service.login("alice").await.step_up(&self.app).await
    }

    pub(super) async fn alice(&self) -> User<'_> {
        self.service.login("alice").await
    }

    /// Enrols, by this answer to what is asked: what came of it.
    pub(super) async fn enrol(&self, method: &str, answer: impl FnOnce() -> Value) -> Answer {
        let alice = self.alice_again().await;
        let begun = alice.enrol(json!({ "method": method })).await;
        let path = format!("/step-up/enrolments/{}", begun["id"].as_str().unwrap());
        let answer = alice.call("POST", &path, &answer()).await;
        self.service.wait(60);
        answer
    }

    pub(super) fn assert_conformant(&self) {
        assert_eq!(self.double.inner().faults, Vec::<String>::new());
    }
}

/// The status, what the problem's `type` ends with, and `Retry-After`.
pub(super) fn is(answer: &Answer, expected: (u16, &str, &str), what: &str) {
    let body = answer.json();
    let name = body["type"].as_str().and_then(|uri| uri.rsplit('/').next()).unwrap_or_default();
    let wait = answer.headers.get("retry-after").map_or("", |value| value.to_str().unwrap());
    assert_eq!((answer.status.as_u16(), name, wait), expected, "{what}: {body}");
}
