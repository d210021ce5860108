//! The bank in axum.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{ConnectInfo, FromRef, FromRequest, OriginalUri, Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde::de::DeserializeOwned;
use stepup_axum::{Gate, Verified, guarded, step_up};

use crate::accounts::{Receipt, Recipient, Statement};
use crate::bank::Bank;
use crate::demo::Demo;
use crate::input::{self, Credentials, LONGEST_BODY, Order, Profile};
use crate::login::LoggedIn;
use crate::pages;
use crate::problem::Problem;
use crate::profile::Changed;

#[step_up(level = "mfa", max_age = "5m", reason = "Confirm that it is you who sends this money.")]
async fn transfer(
    user: Verified,
    bank: State<Bank>,
    headers: HeaderMap,
    order: Input<Order>,
) -> Result<Json<Receipt>, Problem> {
    let key = input::idempotency_key(&headers)?;
    bank.transfer(user.subject(), &order.0, key).await.map(Json)
}

#[step_up(
    level = "mfa",
    max_age = "1m",
    reason = "Confirm that it is you who changes where the bank writes to you."
)]
async fn change_email(
    user: Verified,
    bank: State<Bank>,
    profile: Input<Profile>,
) -> Result<Json<Changed>, Problem> {
    bank.change_email(user.subject(), profile.0).await.map(Json)
}

#[step_up(level = "phr", max_age = "1m", reason = "Closing your account cannot be undone.")]
async fn close_account(user: Verified, bank: State<Bank>) -> Result<StatusCode, Problem> {
    bank.close_account(user.subject()).await.map(|()| StatusCode::NO_CONTENT)
}

async fn login(
    bank: State<Bank>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    who: Input<Credentials>,
) -> Result<Json<LoggedIn>, Problem> {
    let from = bank.source(&headers, Some(peer.ip()));
    bank.log_in(who.0, &from).await.map(Json)
}

async fn logout(user: Verified, bank: State<Bank>) -> Result<StatusCode, Problem> {
    bank.log_out(user.session()).await.map(|()| StatusCode::NO_CONTENT)
}

async fn accounts(user: Verified, bank: State<Bank>) -> Result<Json<Statement>, Problem> {
    bank.statement(user.subject()).await.map(Json)
}

async fn receipt(user: Verified, bank: State<Bank>, key: Named) -> Result<Json<Receipt>, Problem> {
    bank.receipt(user.subject(), named(&key)).await.map(Json)
}

async fn recipient(
    _: Verified,
    bank: State<Bank>,
    user: Named,
) -> Result<Json<Recipient>, Problem> {
    bank.recipient(named(&user)).await.map(Json)
}

async fn healthz(bank: State<Bank>) -> Result<&'static str, Problem> {
    bank.check().await
}

async fn demo(bank: State<Bank>) -> Result<Json<Demo>, Problem> {
    bank.demo().await.map(Json)
}

async fn outbox(bank: State<Bank>, headers: HeaderMap) -> Result<Response, Problem> {
    if !bank.has_outbox {
        return Err(Problem::not_found());
    }
    if pages::is_for_people(&headers) {
        return Ok(pages::page("/demo/outbox", &headers)?.map(Body::from));
    }
    Ok(Json(bank.ledger.mails().await?).into_response())
}

async fn page(OriginalUri(uri): OriginalUri, headers: HeaderMap) -> Result<Response, Problem> {
    Ok(pages::page(uri.path(), &headers)?.map(Body::from))
}

pub(crate) fn router(bank: Bank) -> Router {
    let authority = bank.authority.clone();
    let routes = Router::new()
        .route("/login", post(login))
        .route("/logout", post(logout))
        .route("/accounts", get(accounts))
        .route("/recipients/{user}", get(recipient))
        .route("/transfers", guarded::post(transfer))
        .route("/transfers/{key}", get(receipt))
        .route("/profile/email", guarded::put(change_email))
        .route("/account", guarded::delete(close_account))
        .route("/healthz", get(healthz))
        .route("/demo", get(demo))
        .route("/demo/outbox", get(outbox))
        .route("/", get(page))
        .route("/phone", get(page))
        .route("/assets/{file}", get(page))
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || Problem::method())
        .with_state(bank);
    stepup_axum::authority(routes, &authority).layer(middleware::map_response(secure))
}

/// Where guards find their gate.
impl FromRef<Bank> for Gate {
    fn from_ref(bank: &Bank) -> Self {
        bank.gate.clone()
    }
}

/// What stands in the path, if it is text.
type Named = Result<Path<String>, PathRejection>;

/// What is no text is the name of nothing, as is an empty one.
fn named(name: &Named) -> &str {
    name.as_deref().map_or("", String::as_str)
}

/// A body of JSON.
struct Input<T>(T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Input<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (head, body) = request.into_parts();
        input::read(&head.headers, axum::body::to_bytes(body, LONGEST_BODY)).await.map(Self)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.response().map(Body::from)
    }
}

/// What every answer says to browsers.
async fn secure(mut response: Response) -> Response {
    pages::secure(response.headers_mut());
    response
}
