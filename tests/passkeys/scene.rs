//! A bank with keys, and its users.

use serde_json::{Value, json};
use stepup_authority::AuthorityBuilder;
use stepup_authority::factor::WebAuthn;
use stepup_tests::authority::{Service, Setup, User};
use stepup_tests::{Answer, Framework};

pub const ORIGIN: &str = "https://bank.example";

pub fn setups() -> impl Iterator<Item = Setup> {
    Framework::ALL.into_iter().map(Setup::new)
}

pub fn keys() -> WebAuthn {
    WebAuthn::new("bank.example", [ORIGIN]).unwrap().rp_name("Bank")
}

pub fn with(keys: WebAuthn) -> impl FnOnce(AuthorityBuilder) -> AuthorityBuilder {
    |builder| builder.factor(keys)
}

pub async fn bank(setup: Setup) -> Service {
    setup.with(with(keys())).start().await
}

/// A browser, and the authenticators that it reaches.
pub trait Browser {
    /// `navigator.credentials.create()` on a page of this origin, and `toJSON()`.
    async fn create(&mut self, origin: &str, options: &Value) -> Result<Value, String>;

    /// `navigator.credentials.get()` on a page of this origin, and `toJSON()`.
    async fn get(&mut self, origin: &str, options: &Value) -> Result<Value, String>;
}

/// A ceremony in which keys were asked for.
pub struct Asked {
    pub ceremony: String,
    pub factor: String,
    pub options: Value,
}

impl Asked {
    pub async fn begin(user: &User<'_>, levels: &str) -> Self {
        let begun = user.begin(json!({ "acr_values": levels })).await;
        let factor = begun.factor("webauthn");
        Self::again(user, begun.id, factor).await
    }

    pub async fn again(user: &User<'_>, ceremony: String, factor: String) -> Self {
        let prompt = user.prompt(&ceremony, &factor).await;
        assert_eq!(prompt.status, 200, "{}", prompt.json());
        let options = prompt.json()["prompt"]["publicKey"].clone();
        Self { ceremony, factor, options }
    }

    pub async fn answer(&self, user: &User<'_>, credential: &Value) -> Answer {
        let body = json!({ "factor": self.factor, "credential": credential });
        user.prove_with(&self.ceremony, &body).await
    }

    /// The client data that a browser writes, with more members.
    pub fn client_data(&self, origin: &str, more: &str) -> String {
        let challenge = self.options["challenge"].as_str().unwrap();
        format!(r#"{{"type":"webauthn.get","challenge":"{challenge}","origin":"{origin}"{more}}}"#)
    }

    /// The id of the one key that may answer.
    pub fn id(&self) -> String {
        let allowed = self.options["allowCredentials"].as_array().unwrap();
        let [only] = allowed.as_slice() else { panic!("{allowed:?}") };
        only["id"].as_str().unwrap().to_owned()
    }
}

pub async fn begin_enrolment(user: &User<'_>, name: &str) -> (String, Value) {
    let begun = user.enrol(json!({ "method": "webauthn", "name": name })).await;
    let id = begun["id"].as_str().unwrap().to_owned();
    (id, begun["prompt"]["publicKey"].clone())
}

pub async fn finish_enrolment(user: &User<'_>, id: &str, credential: &Value) -> Answer {
    let path = format!("/step-up/enrolments/{id}");
    user.call("POST", &path, &json!({ "credential": credential })).await
}

/// Enrols a key of this device: the factor's id.
pub async fn enrol(user: &User<'_>, device: &mut impl Browser, name: &str) -> String {
    let (id, options) = begin_enrolment(user, name).await;
    let created = device.create(ORIGIN, &options).await.unwrap();
    let answer = finish_enrolment(user, &id, &created).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    answer.json()["factor"]["id"].as_str().unwrap().to_owned()
}

/// Steps up with the device: the token.
pub async fn step_up(user: &User<'_>, device: &mut impl Browser, levels: &str) -> String {
    let asked = Asked::begin(user, levels).await;
    let given = device.get(ORIGIN, &asked.options).await.unwrap();
    token(&asked.answer(user, &given).await)
}

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

pub fn is_wrong(answer: &Answer) -> bool {
    problem(answer) == (403, "wrong-answer".to_owned())
}

pub async fn factors(user: &User<'_>) -> Value {
    user.get("/step-up/factors").await.json()
}
