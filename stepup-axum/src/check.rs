//! Before the server listens.

use axum::Router;
use axum::body::Body;
use http::{HeaderName, Method, Request, Response};
use stepup_core::{Check, CheckError, CrossOriginCheck, Gate};
use tower::ServiceExt;

/// Checks that a guard of this gate stands on one method of a path, by a request without credential
/// and body that goes no farther than this process. Do it before the server listens, for all that
/// must never be open; where no guard stands, the handler runs with that request.
///
/// Each method of a path is a door of its own: behind `guarded::post(a).get(b)` the `GET` is axum's,
/// and open unless `b` is guarded. `guarded::post(a).merge(guarded::get(b))` takes no other `b`.
///
/// # Errors
///
/// The route does not answer as a guard of this gate does.
///
/// ```
/// # use axum::Router;
/// # use stepup_axum::{CheckError, Gate};
/// use axum::http::Method;
///
/// async fn before_listening(app: &Router, gate: &Gate) -> Result<(), CheckError> {
///     stepup_axum::check(gate, app, Method::POST, "/transfers").await
/// }
/// ```
pub async fn check(
    gate: &Gate,
    app: &Router,
    method: Method,
    path: &str,
) -> Result<(), CheckError> {
    let (check, request) = Check::new(method, path)?;
    let answer = send(app, request).await;
    check.finish(gate, answer.status(), answer.headers())
}

/// The same, and that a page of this origin can make the call and read the guard's challenge: that
/// a CORS layer stands before all that refuses requests, answers the browser's preflight, lets the
/// token be sent and exposes [`EXPOSED_HEADERS`](crate::EXPOSED_HEADERS).
///
/// `sends` are the headers that the page sends besides its token, as `content-type` for JSON: those
/// that need leave (Fetch Standard §2.2.2).
///
/// # Errors
///
/// As [`check`], and whatever a browser would stop at (Fetch Standard §3.3).
///
/// ```
/// # use axum::Router;
/// # use stepup_axum::{CheckError, Gate};
/// use axum::http::{Method, header::CONTENT_TYPE};
///
/// async fn before_listening(app: &Router, gate: &Gate) -> Result<(), CheckError> {
///     let (page, sends) = ("https://app.example", [CONTENT_TYPE]);
///     stepup_axum::check_cross_origin(gate, app, Method::POST, "/transfers", page, &sends).await
/// }
/// ```
pub async fn check_cross_origin(
    gate: &Gate,
    app: &Router,
    method: Method,
    path: &str,
    origin: &str,
    sends: &[HeaderName],
) -> Result<(), CheckError> {
    let (check, [preflight, call]) = CrossOriginCheck::new(gate, method, path, origin, sends)?;
    let preflight = send(app, preflight).await;
    check.finish(gate, &preflight, &send(app, call).await)
}

async fn send(app: &Router, request: Request<()>) -> Response<()> {
    match app.clone().oneshot(request.map(|()| Body::empty())).await {
        Ok(response) => response.map(drop),
        Err(never) => match never {},
    }
}
