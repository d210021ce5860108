//! What these tests share.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Request;
use serde_json::Value;
use stepup_authority::Login;
use stepup_core::Method;
use stepup_tests::authority::{Service, Setup, TotpApp, User};
use stepup_tests::{Answer, Framework, Payload};

use crate::interleaved::Interleaved;

pub const JSON: (&str, &str) = ("content-type", "application/json");
pub const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// A service with the default settings in each framework.
pub fn setups() -> impl Iterator<Item = Setup> {
    Framework::ALL.into_iter().map(Setup::new)
}

/// Where requests overtake each other, in each framework.
pub fn interleaved() -> impl Iterator<Item = Setup> {
    setups().map(|setup| setup.store(Arc::new(Interleaved::default())))
}

/// Another authority on the same store and clock.
pub fn twin(setup: &Setup) -> Setup {
    Setup::new(setup.framework).store(setup.store.clone()).clock(setup.clock.clone())
}

/// The claims of a token, unverified.
pub fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).expect("a JWS has three parts");
    let payload = URL_SAFE_NO_PAD.decode(payload).expect("base64url");
    serde_json::from_slice(&payload).expect("JSON")
}

/// The token of an answer that has one.
pub fn token(answer: &Answer) -> Option<String> {
    answer.json()["access_token"].as_str().map(str::to_owned)
}

/// The claims of the token that was granted.
pub fn granted(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.json());
    claims(&token(answer).expect("a token"))
}

/// What an answer is called: the end of its problem's `type`.
pub fn problem(answer: &Answer) -> String {
    let body = answer.json();
    let kind = body["type"].as_str().unwrap_or_default();
    kind.rsplit('/').next().unwrap_or_default().to_owned()
}

/// Status and name, to compare with.
pub fn said(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), problem(answer))
}

/// What [`said`] says of this.
pub fn is(status: u16, problem: &str) -> (u16, String) {
    (status, problem.to_owned())
}

/// Codes that are none of those that may be good about now.
pub fn wrong_codes(app: &TotpApp, now: u64) -> impl Iterator<Item = String> + use<> {
    let near: Vec<_> = (0..9).map(|step| app.code(now + step * 30 - 120)).collect();
    (0..1_000_000).map(|number| format!("{number:06}")).filter(move |code| !near.contains(code))
}

/// A code of the same form that is another.
pub fn other_code(code: &str) -> String {
    let number: u32 = code.parse().expect("digits");
    format!("{:06}", (number + 1) % 1_000_000)
}

/// Any request with the user's token.
pub async fn send(
    service: &Service,
    user: &User<'_>,
    (method, path): (&str, &str),
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {}", user.token));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = Payload::Bytes(body.as_bytes().to_vec());
    service.api.call(request.body(body).expect("a request")).await
}

/// The exchange at the token endpoint, with these parameters beside those that it always has.
pub async fn exchange(
    service: &Service,
    user: &User<'_>,
    ceremony: &str,
    more: &[(&str, &str)],
) -> Answer {
    let mut form = format!(
        "grant_type=urn:ietf:params:oauth:grant-type:token-exchange\
         &subject_token_type=urn:ietf:params:oauth:token-type:access_token\
         &subject_token={}&ceremony={ceremony}",
        user.token
    );
    for (name, value) in more {
        form.push_str(&format!("&{name}={value}"));
    }
    let request = Request::post("/step-up/token").header(FORM.0, FORM.1);
    let body = Payload::Bytes(form.into_bytes());
    service.api.call(request.body(body).expect("a request")).await
}

/// A login that was made in these ways.
pub async fn login_by<'a>(
    service: &'a Service,
    subject: &str,
    methods: &[&'static str],
) -> User<'a> {
    let mut login = Login::of(subject).client_id("web").scope("read pay");
    for method in methods {
        login = login.method(Method::new(method));
    }
    let token = service.issuer.issue_login(login).await.expect("a token");
    service.login(subject).await.with_token(&token)
}

/// How many of these answers were looked at and found wrong.
pub fn heard(answers: &[Answer]) -> usize {
    answers.iter().filter(|answer| said(answer) == is(403, "wrong-answer")).count()
}

/// That none was looked at but those, and none was right.
pub fn check_refused(answers: &[Answer]) {
    for answer in answers {
        let known = [403, 409, 410, 429, 503].contains(&answer.status.as_u16());
        assert!(known && token(answer).is_none(), "{:?}", answer.json());
    }
}
