//! A user and their client.

use http::Request;
use serde_json::{Value, json};

use super::{Service, TotpApp};
use crate::{Answer, Payload};

/// A user's client, with the token of their login.
#[derive(Clone)]
pub struct User<'a> {
    service: &'a Service,
    pub subject: String,
    pub token: String,
}

/// A ceremony that was begun.
#[derive(Clone, Debug)]
pub struct Ceremony {
    pub id: String,
    pub factors: Value,
}

impl Ceremony {
    /// The first factor of this method.
    pub fn factor(&self, method: &str) -> String {
        let factors = self.factors.as_array().expect("an array");
        let factor = factors.iter().find(|factor| factor["method"] == method);
        let factor = factor.unwrap_or_else(|| panic!("no {method} in {factors:?}"));
        factor["id"].as_str().expect("a string").to_owned()
    }
}

impl<'a> User<'a> {
    pub(super) fn new(service: &'a Service, subject: &str, token: String) -> Self {
        Self { service, subject: subject.to_owned(), token }
    }

    /// The same user with another token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self.clone() }
    }

    /// A request with their token.
    pub async fn call(&self, method: &str, path: &str, body: &Value) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {}", self.token));
        let (request, payload) = if body.is_null() {
            (request, Payload::NONE)
        } else {
            let payload = Payload::Bytes(body.to_string().into_bytes());
            (request.header("content-type", "application/json"), payload)
        };
        self.service.api.call(request.body(payload).expect("a request")).await
    }

    /// A request without a body.
    pub async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, &Value::Null).await
    }

    /// A request of the API's guarded routes.
    pub async fn post(&self, path: &str) -> Answer {
        self.call("POST", path, &Value::Null).await
    }

    /// Begins a ceremony.
    pub async fn try_begin(&self, wanted: Value) -> Answer {
        self.call("POST", "/step-up/ceremonies", &wanted).await
    }

    /// Begins a ceremony, which must work.
    pub async fn begin(&self, wanted: Value) -> Ceremony {
        let answer = self.try_begin(wanted).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
        let body = answer.json();
        let id = body["id"].as_str().expect("an id").to_owned();
        Ceremony { id, factors: body["factors"].clone() }
    }

    /// Begins a ceremony for `mfa`.
    pub async fn begin_mfa(&self) -> Ceremony {
        self.begin(json!({ "acr_values": "mfa phr phrh", "max_age": 300 })).await
    }

    /// Has a factor ask.
    pub async fn prompt(&self, ceremony: &str, factor: &str) -> Answer {
        let path = format!("/step-up/ceremonies/{ceremony}/factors/{factor}");
        self.call("POST", &path, &Value::Null).await
    }

    /// Answers.
    pub async fn prove(&self, ceremony: &str, factor: &str, code: &str) -> Answer {
        self.prove_with(ceremony, &json!({ "factor": factor, "code": code })).await
    }

    /// Answers with any body.
    pub async fn prove_with(&self, ceremony: &str, body: &Value) -> Answer {
        self.call("POST", &format!("/step-up/ceremonies/{ceremony}/proof"), body).await
    }

    /// How a ceremony stands.
    pub async fn state(&self, ceremony: &str) -> Answer {
        self.get(&format!("/step-up/ceremonies/{ceremony}")).await
    }

    /// Gives a ceremony up.
    pub async fn cancel(&self, ceremony: &str) -> Answer {
        self.call("DELETE", &format!("/step-up/ceremonies/{ceremony}"), &Value::Null).await
    }

    /// Begins an enrolment.
    pub async fn try_enrol(&self, details: Value) -> Answer {
        self.call("POST", "/step-up/enrolments", &details).await
    }

    /// Finishes an enrolment.
    pub async fn confirm(&self, enrolment: &str, code: &str) -> Answer {
        let path = format!("/step-up/enrolments/{enrolment}");
        self.call("POST", &path, &json!({ "code": code })).await
    }

    /// Begins an enrolment, which must work.
    pub async fn enrol(&self, details: Value) -> Value {
        let answer = self.try_enrol(details).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
        answer.json()
    }

    /// Enrols an authenticator app, and lets half a minute go by: its next code is another.
    pub async fn enrol_totp(&self) -> TotpApp {
        let begun = self.enrol(json!({ "method": "totp" })).await;
        let mut app = TotpApp::scan(begun["secret"].as_str().expect("a secret"));
        let id = begun["id"].as_str().expect("an id");
        let answer = self.confirm(id, &app.code(self.service.now())).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
        app.factor = answer.json()["factor"]["id"].as_str().expect("an id").to_owned();
        self.service.wait(30);
        app
    }

    /// Enrols something that codes are sent to, and lets half a minute go by.
    pub async fn enrol_sent(&self, details: Value) -> String {
        let begun = self.enrol(details).await;
        let id = begun["id"].as_str().expect("an id");
        let answer = self.confirm(id, &self.service.outbox.last_code()).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
        self.service.wait(30);
        answer.json()["factor"]["id"].as_str().expect("an id").to_owned()
    }

    /// Enrols an address.
    pub async fn enrol_email(&self, address: &str) -> String {
        self.enrol_sent(json!({ "method": "email", "email": address })).await
    }

    /// Enrols a number.
    pub async fn enrol_text(&self, number: &str) -> String {
        self.enrol_sent(json!({ "method": "sms", "phone": number })).await
    }

    /// Enrols recovery codes: the factor, and the codes.
    pub async fn enrol_recovery(&self) -> (String, Vec<String>) {
        let body = self.enrol(json!({ "method": "recovery" })).await;
        let codes = body["codes"].as_array().expect("codes").iter();
        let codes = codes.map(|code| code.as_str().expect("a code").to_owned()).collect();
        (body["factor"]["id"].as_str().expect("an id").to_owned(), codes)
    }

    /// Steps up with an authenticator app, and lets half a minute go by: the user with the token
    /// that came of it.
    pub async fn step_up(&self, app: &TotpApp) -> Self {
        let ceremony = self.begin_mfa().await;
        let answer = self.prove(&ceremony.id, &app.factor, &app.code(self.service.now())).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        let token = answer.json()["access_token"].as_str().expect("a token").to_owned();
        self.service.wait(30);
        self.with_token(&token)
    }

    /// The whole loop: refused at this page, challenged, a ceremony for what is demanded, this
    /// answer to it, and admitted with the token that comes of it, of this level: the user with
    /// that token.
    pub async fn admitted_to(
        &self,
        page: &str,
        level: &str,
        answer: impl AsyncFnOnce(Ceremony) -> Answer,
    ) -> Self {
        let refused = self.post(page).await;
        assert_eq!((refused.status.as_u16(), refused.ran), (401, 0), "{page}");
        let ceremony = self.begin(refused.demanded()).await;
        let answered = answer(ceremony).await;
        let body = answered.json();
        assert_eq!(answered.status, 200, "{page}: {body}");
        assert_eq!(body["acr"], level, "{page}");
        assert_eq!(body["auth_time"], self.service.now(), "{page}");
        let user = self.with_token(body["access_token"].as_str().expect("a token"));
        let admitted = user.post(page).await;
        assert_eq!(
            (admitted.status.as_u16(), admitted.ran),
            (200, 1),
            "{page}: {}",
            admitted.json()
        );
        user
    }
}
