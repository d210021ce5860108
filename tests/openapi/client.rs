//! A client whose every answer has to be as described.

use http::Request;
use http::request::Builder;
use serde_json::Value;
use stepup_tests::{Answer, Api, Payload};

use crate::description::Description;
use crate::seen::Seen;

pub const JSON: &str = "application/json";
pub const FORM: &str = "application/x-www-form-urlencoded";

#[derive(Clone)]
pub struct Client<'a> {
    pub api: &'a Api,
    pub description: &'a Description,
    pub seen: &'a Seen,
    pub token: String,
}

impl<'a> Client<'a> {
    /// The same with another token.
    pub fn with(&self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self.clone() }
    }

    pub fn request(&self, method: &str, path: &str) -> Builder {
        let request = Request::builder().method(method).uri(path);
        request.header("authorization", format!("Bearer {}", self.token))
    }

    /// A request whose answer is looked at; `body` is what was sent, as JSON.
    pub async fn send(&self, request: Request<Payload>, media: &str, body: &Value) -> Answer {
        let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
        let answer = self.api.call(request).await;
        let described = self.description.path_of(&path);
        let described = described.unwrap_or_else(|| panic!("{path} is not described"));
        let what = || format!("{method} {path}: {} {:?}", answer.status, answer.json());
        let operation = self.description.operation(&method, described);
        let is_head = method == "HEAD";
        let checked = self.description.check_answer(operation, is_head, &answer);
        checked.unwrap_or_else(|error| panic!("{}\n{error}", what()));
        if answer.status.is_success() {
            let checked = self.description.check_request(operation, media, body);
            checked.unwrap_or_else(|error| panic!("{}\ntaken, though {error}", what()));
        }
        self.seen.note(&method, described, &answer);
        answer
    }

    /// With a JSON body, unless it is `null`.
    pub async fn call(&self, method: &str, path: &str, body: Value) -> Answer {
        let request = self.request(method, path);
        let (request, payload) = if body.is_null() {
            (request, Payload::NONE)
        } else {
            let request = request.header("content-type", JSON);
            (request, Payload::Bytes(body.to_string().into_bytes()))
        };
        self.send(request.body(payload).unwrap(), JSON, &body).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, Value::Null).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.call("DELETE", path, Value::Null).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, body).await
    }

    /// With a form for a body; no other credential than what is in it.
    pub async fn exchange(&self, parameters: &[(&str, &str)]) -> Answer {
        let text: Vec<_> =
            parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let body = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).into()));
        let request = Request::post("/step-up/token").header("content-type", FORM);
        let request = request.body(Payload::Bytes(text.join("&").into_bytes())).unwrap();
        self.send(request, FORM, &Value::Object(body.collect())).await
    }
}
