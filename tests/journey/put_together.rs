//! Authorities that [`Setup`] has no words for: other factors, other logins, other keys.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use stepup_authority::factor::{EmailCode, RecoveryCodes, TextCode, Totp};
use stepup_authority::{
    Authority, AuthorityBuilder, FirstEnrolment, Issuer, Login, SealingKeys, SigningKeys,
};
use stepup_core::{Algorithm, Gate, GateBuilder, Method};
use stepup_tests::Api;
use stepup_tests::authority::{AUTHORITY, BANK_API, Outbox, Service, Setup, User};

/// 32 bytes that every instance has.
const SEALING_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// An issuer of this name, on the setup's store and clock.
pub(crate) async fn issuer(setup: &Setup, name: &str, keys: SigningKeys) -> Issuer {
    let builder = Issuer::builder(name, BANK_API).clock(setup.clock.clone()).keys(keys);
    let sealing = SealingKeys::from_base64(SEALING_KEY).expect("32 bytes");
    builder.open(setup.store.clone(), Arc::new(sealing)).await.expect("the issuer opens")
}

/// An authority of this issuer, with the factors and settings that `build` gives it.
pub(crate) fn service(
    setup: Setup,
    issuer: Issuer,
    gate: Gate,
    build: impl FnOnce(AuthorityBuilder) -> AuthorityBuilder,
) -> Service {
    let Setup { framework, clock, outbox, events, .. } = setup;
    let builder = Authority::builder(issuer.clone(), gate.clone())
        .first_enrolment(FirstEnrolment::AfterLogin { within: Duration::from_secs(300) })
        .events(events.clone())
        // The machine that tests run on may be busy, and how long a store may take is none of theirs.
        .store_patience(Duration::from_secs(5));
    let authority = build(builder).build().expect("the authority is built");
    let api = Api::with_authority(framework, &gate, &authority);
    Service { api, authority, issuer, gate, clock, outbox, events }
}

/// One whose gate is settled in some way.
pub(crate) async fn start(
    setup: Setup,
    settle: impl FnOnce(GateBuilder) -> GateBuilder,
    build: impl FnOnce(AuthorityBuilder) -> AuthorityBuilder,
) -> Service {
    let issuer = issuer(&setup, AUTHORITY, SigningKeys::in_store(Algorithm::Es256)).await;
    let gate = settle(issuer.gate()).build().expect("the gate is built");
    service(setup, issuer, gate, build)
}

/// With the factors that are built in, all of which send into this box.
pub(crate) fn all_factors(builder: AuthorityBuilder, outbox: &Outbox) -> AuthorityBuilder {
    builder
        .factor(Totp::new("Bank"))
        .factor(EmailCode::new(outbox.clone()).accepted_as_second_factor())
        .factor(TextCode::new(outbox.clone()))
        .factor(RecoveryCodes::new())
}

/// A login in a session of this name.
pub(crate) async fn session<'a>(service: &'a Service, subject: &str, name: &str) -> User<'a> {
    let login = Login::of(subject).client_id("web").scope("read pay").method(Method::PWD);
    let token = service.issuer.issue_login(login.session(name)).await.expect("a token is issued");
    service.login(subject).await.with_token(&token)
}

/// What a token says, unverified.
pub(crate) fn claims(token: &str) -> Value {
    part(token, 1)
}

/// Its header.
pub(crate) fn header(token: &str) -> Value {
    part(token, 0)
}

fn part(token: &str, at: usize) -> Value {
    let part = token.split('.').nth(at).expect("three parts");
    let json = URL_SAFE_NO_PAD.decode(part).expect("base64url");
    serde_json::from_slice(&json).expect("JSON")
}

/// The token of an answer.
pub(crate) fn token(answer: &stepup_tests::Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.json());
    answer.json()["access_token"].as_str().expect("a token").to_owned()
}

/// What a problem's `type` ends with.
pub(crate) fn problem(answer: &stepup_tests::Answer) -> (u16, String) {
    let body = answer.json();
    let name = body["type"].as_str().and_then(|uri| uri.rsplit('/').next()).unwrap_or_default();
    (answer.status.as_u16(), name.to_owned())
}
