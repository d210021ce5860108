//! Users with factors at a provider.

use serde_json::{Value, json};
use stepup_tests::Answer;
use stepup_tests::authority::{Ceremony, Service, TotpApp, User};

/// The status and the last part of a problem's type.
#[track_caller]
pub fn problem(answer: &Answer) -> (u16, String) {
    let body = answer.json();
    let name = body["type"].as_str().and_then(|uri| uri.rsplit('/').next()).unwrap_or_default();
    (answer.status.as_u16(), name.to_owned())
}

/// The seconds of an answer's `Retry-After`.
pub fn wait(answer: &Answer) -> Option<u64> {
    answer.headers.get("retry-after")?.to_str().unwrap().parse().ok()
}

/// The token that an answer brought.
#[track_caller]
pub fn token(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.json());
    answer.json()["access_token"].as_str().unwrap().to_owned()
}

/// Of `{"code": …}` to an enrolment.
pub async fn confirm(user: &User<'_>, begun: &Value, body: &Value) -> Answer {
    let path = format!("/step-up/enrolments/{}", begun["id"].as_str().unwrap());
    user.call("POST", &path, body).await
}

/// A user with an authenticator app beside: step up with that to enrol more.
pub async fn with_app<'a>(service: &'a Service, subject: &str) -> (User<'a>, TotpApp) {
    let user = service.login(subject).await;
    let app = user.enrol_totp().await;
    (user, app)
}

/// A ceremony for any level.
pub async fn begin(user: &User<'_>) -> Ceremony {
    user.begin(json!({})).await
}

/// Asks whether a factor was answered elsewhere.
pub async fn poll(user: &User<'_>, ceremony: &str, factor: &str) -> Answer {
    user.prove_with(ceremony, &json!({ "factor": factor })).await
}

/// That another factor is offered, and gets the user where they want to go.
pub async fn another_will_do(
    service: &Service,
    user: &User<'_>,
    app: &TotpApp,
    ceremony: &str,
    refused: &Answer,
) {
    let body = refused.json();
    let others = body["factors"].as_array().unwrap_or_else(|| panic!("no others: {body}"));
    assert!(others.iter().any(|factor| factor["id"] == *app.factor), "{body}");
    token(&user.prove(ceremony, &app.factor, &app.code(service.now())).await);
    service.wait(30);
}
