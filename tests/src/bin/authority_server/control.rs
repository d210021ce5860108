//! What only tests may do.

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use stepup_authority::{Authority, Issuer, Login};
use stepup_core::Method;
use stepup_tests::authority::Outbox;

use crate::mortal_store::{Death, When};
use crate::providers::MfaTokens;

#[derive(Clone)]
pub struct Control {
    pub issuer: Issuer,
    pub authority: Authority,
    pub outbox: Outbox,
    pub death: Death,
    pub mfa_tokens: MfaTokens,
}

pub fn router(control: Control) -> Router {
    Router::new()
        .route("/login", post(login))
        .route("/enrol", post(enrol))
        .route("/outbox", get(outbox))
        .route("/arm", post(arm))
        .route("/mfa-token", post(mfa_token))
        .with_state(control)
}

/// As after a password.
async fn login(State(control): State<Control>, Json(body): Json<Value>) -> Json<Value> {
    let login = Login::of(text(&body, "user")).client_id("web").scope("read pay");
    let token = control.issuer.issue_login(login.method(Method::PWD)).await;
    Json(json!({ "token": token.expect("a token is issued") }))
}

/// As for users that are brought along: what is shown comes back, and nothing was sent.
async fn enrol(State(control): State<Control>, Json(body): Json<Value>) -> Json<Value> {
    let (user, method) = (text(&body, "user"), text(&body, "method"));
    let shown = control.authority.enrol_for(user, method, &body["details"]).await;
    Json(shown.expect("it is enrolled").into())
}

/// Every code that this process sent, and where to.
async fn outbox(State(control): State<Control>) -> Json<Value> {
    let sent = control.outbox.sent().into_iter();
    Json(sent.map(|sent| json!({ "to": sent.to, "code": sent.code })).collect())
}

/// From here on it counts commits.
async fn arm(State(control): State<Control>, Json(body): Json<Value>) -> Json<Value> {
    let when = match text(&body, "when") {
        "before" => When::Before,
        "after" => When::After,
        other => panic!("{other} a commit"),
    };
    let commits = body["commits"].as_u64().expect("a number of commits");
    control.death.appoint(when, u32::try_from(commits).expect("a small number"));
    Json(json!({}))
}

/// What the user's next question at Auth0 is asked with.
async fn mfa_token(State(control): State<Control>, Json(body): Json<Value>) -> Json<Value> {
    control.mfa_tokens.bring(text(&body, "user"), text(&body, "token"));
    Json(json!({}))
}

fn text<'a>(body: &'a Value, name: &str) -> &'a str {
    body[name].as_str().unwrap_or_else(|| panic!("{name} is missing"))
}
