//! An authority that asks on devices, and users who have some.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};
use stepup_authority::device::{DeviceError, Refusal};
use stepup_authority::factor::{Push, Totp};
use stepup_authority::{Authority, FirstEnrolment, Issuer, SealingKeys, StartError};
pub use stepup_tests::authority::Phone;
use stepup_tests::authority::{AUTHORITY, BANK_API, Service, Setup, User};
use stepup_tests::{Answer, Api};

/// 32 bytes that every instance has.
const SEALING_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// With authenticator apps beside.
pub async fn start(setup: Setup) -> Service {
    start_with(setup, |push| push).await
}

pub async fn start_with(setup: Setup, settle: impl FnOnce(Push) -> Push) -> Service {
    start_at("/step-up", setup, settle).await.unwrap()
}

/// Mounted there.
pub async fn start_at(
    path: &str,
    setup: Setup,
    settle: impl FnOnce(Push) -> Push,
) -> Result<Service, StartError> {
    let Setup { framework, store, clock, outbox, events, .. } = setup;
    let sealing = SealingKeys::from_base64(SEALING_KEY).unwrap();
    let issuer = Issuer::builder(AUTHORITY, BANK_API).clock(clock.clone());
    let issuer = issuer.open(store, Arc::new(sealing)).await.unwrap();
    let gate = issuer.gate().build().unwrap();
    let authority = Authority::builder(issuer.clone(), gate.clone())
        .factor(settle(Push::new(&issuer)))
        .factor(Totp::new("Bank"))
        .address(|_| Some("Vienna".to_owned()))
        .first_enrolment(FirstEnrolment::AfterLogin { within: Duration::from_secs(300) })
        .store_patience(Duration::from_secs(5))
        .events(events.clone())
        .path(path)
        .build()?;
    let api = Api::with_authority(framework, &gate, &authority);
    Ok(Service { api, authority, issuer, gate, clock, outbox, events })
}

/// Whatever a device sends.
pub async fn send(service: &Service, request: Request<Bytes>) -> Response<Bytes> {
    Phone::send(service, request).await
}

pub fn refused<T>(refusal: Refusal) -> Result<T, DeviceError> {
    Err(DeviceError::Refused(refusal))
}

/// Asks whether an enrolment is done.
pub async fn finish(user: &User<'_>, begun: &Value) -> Answer {
    let path = format!("/step-up/enrolments/{}", begun["id"].as_str().unwrap());
    user.call("POST", &path, &json!({})).await
}

/// A ceremony that asked on a device.
pub struct Asking {
    pub ceremony: String,
    pub factor: String,
    pub number: String,
}

impl Asking {
    pub async fn begin(user: &User<'_>) -> Self {
        let begun = user.begin_mfa().await;
        let factor = begun.factor("push");
        Self::again(user, &begun.id, &factor).await
    }

    /// In a ceremony that there is.
    pub async fn again(user: &User<'_>, ceremony: &str, factor: &str) -> Self {
        let prompt = user.prompt(ceremony, factor).await;
        assert_eq!(prompt.status, 200, "{}", prompt.json());
        let number = prompt.json()["prompt"]["number"].as_str().unwrap().to_owned();
        Self { ceremony: ceremony.to_owned(), factor: factor.to_owned(), number }
    }

    /// Asks after the answer.
    pub async fn poll(&self, user: &User<'_>) -> Answer {
        user.prove_with(&self.ceremony, &json!({ "factor": self.factor })).await
    }

    /// Another number.
    pub fn wrong_number(&self) -> String {
        let number: u32 = self.number.parse().unwrap();
        format!("{:06}", (number + 1) % 1_000_000)
    }
}

/// What comes of asking in another ceremony, that must not be asked.
pub async fn too_much(user: &User<'_>) -> (u16, String, u64) {
    let begun = user.begin_mfa().await;
    let answer = user.prompt(&begun.id, &begun.factor("push")).await;
    let (status, name) = problem(&answer);
    // Somebody who waits for nothing has nothing open.
    assert_eq!(user.cancel(&begun.id).await.status, 204);
    let retry_after =
        answer.headers.get("retry-after").unwrap_or_else(|| panic!("{status} {name}"));
    (status, name, retry_after.to_str().unwrap().parse().unwrap())
}

/// What a token says, unverified.
pub fn claims(token: &str) -> Value {
    let json = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice(&json).unwrap()
}

/// The token of an answer.
pub fn token(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.json());
    answer.json()["access_token"].as_str().unwrap().to_owned()
}

/// What a problem's `type` ends with.
pub fn problem(answer: &Answer) -> (u16, String) {
    let body = answer.json();
    let name = body["type"].as_str().and_then(|uri| uri.rsplit('/').next()).unwrap_or_default();
    (answer.status.as_u16(), name.to_owned())
}

pub fn is(status: u16, name: &str) -> (u16, String) {
    (status, name.to_owned())
}
