//! The bank in poem.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::header::ALLOW;
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use poem::error::{MethodNotAllowedError, NotFoundError, ResponseError};
use poem::web::{Data, Json, Path, RemoteAddr};
use poem::{
    Endpoint, EndpointExt, FromRequest, IntoResponse, Request, RequestBody, Response, Route, get,
    handler, post,
};
use serde::de::DeserializeOwned;
use stepup_poem::{Verified, guarded, step_up};

use crate::accounts::{Receipt, Recipient, Statement};
use crate::bank::Bank;
use crate::demo::Demo;
use crate::input::{self, Credentials, LONGEST_BODY, Order, Profile};
use crate::login::LoggedIn;
use crate::pages;
use crate::problem::Problem;
use crate::profile::Changed;

#[step_up(level = "mfa", max_age = "5m", reason = "Confirm that it is you who sends this money.")]
#[handler]
async fn transfer(
    user: Verified,
    bank: Data<&Bank>,
    headers: &HeaderMap,
    order: Input<Order>,
) -> Result<Json<Receipt>, Problem> {
    let key = input::idempotency_key(headers)?;
    bank.transfer(user.subject(), &order.0, key).await.map(Json)
}

#[step_up(
    level = "mfa",
    max_age = "1m",
    reason = "Confirm that it is you who changes where the bank writes to you."
)]
#[handler]
async fn change_email(
    user: Verified,
    bank: Data<&Bank>,
    profile: Input<Profile>,
) -> Result<Json<Changed>, Problem> {
    bank.change_email(user.subject(), profile.0).await.map(Json)
}

#[step_up(level = "phr", max_age = "1m", reason = "Closing your account cannot be undone.")]
#[handler]
async fn close_account(user: Verified, bank: Data<&Bank>) -> Result<StatusCode, Problem> {
    bank.close_account(user.subject()).await.map(|()| StatusCode::NO_CONTENT)
}

#[handler]
async fn login(
    bank: Data<&Bank>,
    peer: &RemoteAddr,
    headers: &HeaderMap,
    who: Input<Credentials>,
) -> Result<Json<LoggedIn>, Problem> {
    let from = bank.source(headers, peer.as_socket_addr().map(SocketAddr::ip));
    bank.log_in(who.0, &from).await.map(Json)
}

#[handler]
async fn logout(user: Verified, bank: Data<&Bank>) -> Result<StatusCode, Problem> {
    bank.log_out(user.session()).await.map(|()| StatusCode::NO_CONTENT)
}

#[handler]
async fn accounts(user: Verified, bank: Data<&Bank>) -> Result<Json<Statement>, Problem> {
    bank.statement(user.subject()).await.map(Json)
}

#[handler]
async fn receipt(user: Verified, bank: Data<&Bank>, key: Named) -> Result<Json<Receipt>, Problem> {
    bank.receipt(user.subject(), named(&key)).await.map(Json)
}

#[handler]
async fn recipient(
    _user: Verified,
    bank: Data<&Bank>,
    user: Named,
) -> Result<Json<Recipient>, Problem> {
    bank.recipient(named(&user)).await.map(Json)
}

#[handler]
async fn healthz(bank: Data<&Bank>) -> Result<&'static str, Problem> {
    bank.check().await
}

#[handler]
async fn demo(bank: Data<&Bank>) -> Result<Json<Demo>, Problem> {
    bank.demo().await.map(Json)
}

#[handler]
async fn outbox(bank: Data<&Bank>, headers: &HeaderMap) -> Result<Response, Problem> {
    if !bank.has_outbox {
        return Err(Problem::not_found());
    }
    if pages::is_for_people(headers) {
        return Ok(translated(pages::page("/demo/outbox", headers)?));
    }
    Ok(Json(bank.ledger.mails().await?).into_response())
}

#[handler]
async fn page(uri: &Uri, headers: &HeaderMap) -> Result<Response, Problem> {
    Ok(translated(pages::page(uri.path(), headers)?))
}

pub(crate) fn endpoint(bank: Bank) -> impl Endpoint + 'static {
    let routes = Route::new()
        .at("/login", post(login))
        .at("/logout", post(logout))
        .at("/accounts", get(accounts))
        .at("/recipients/:user", get(recipient))
        .at("/transfers", guarded::post(transfer))
        .at("/transfers/:key", get(receipt))
        .at("/profile/email", guarded::put(change_email))
        .at("/account", guarded::delete(close_account))
        .at("/healthz", get(healthz))
        .at("/demo", get(demo))
        .at("/demo/outbox", get(outbox))
        .at("/", get(page))
        .at("/phone", get(page))
        .at("/assets/:file", get(page));
    stepup_poem::authority(routes, &bank.authority)
        .data(bank.gate.clone())
        .data(bank)
        .catch_error(async |_: NotFoundError| translated(Problem::not_found().response()))
        .catch_error(async |_: MethodNotAllowedError| translated(Problem::method().response()))
        .around(around)
}

/// Around every request, to whichever page.
async fn around(routes: Arc<impl Endpoint>, request: Request) -> poem::Result<Response> {
    let allow = match request.uri().path() {
        "/login" | "/logout" | "/transfers" => "POST",
        "/profile/email" => "PUT",
        "/account" => "DELETE",
        _ => "GET,HEAD",
    };
    let mut response = routes.get_response(request).await;
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        // Which poem says nowhere, and the authority for its own pages.
        let allow = HeaderValue::from_static(allow);
        response.headers_mut().entry(ALLOW).or_insert(allow);
    }
    pages::secure(response.headers_mut());
    Ok(response)
}

/// What stands in the path, if it is text.
type Named = poem::Result<Path<String>>;

/// What is no text is the name of nothing, as is an empty one.
fn named(name: &Named) -> &str {
    name.as_deref().map_or("", String::as_str)
}

/// A body of JSON.
struct Input<T>(T);

impl<'a, T: DeserializeOwned> FromRequest<'a> for Input<T> {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> poem::Result<Self> {
        let body = body.take()?.into_bytes_limit(LONGEST_BODY);
        Ok(input::read(request.headers(), body).await.map(Self)?)
    }
}

impl ResponseError for Problem {
    fn status(&self) -> StatusCode {
        self.status
    }

    fn as_response(&self) -> Response {
        translated(self.response())
    }
}

fn translated(response: http::Response<Bytes>) -> Response {
    let (parts, body) = response.into_parts();
    let mut translated = Response::builder().status(parts.status).body(body);
    *translated.headers_mut() = parts.headers;
    translated
}
