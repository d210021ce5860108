//! Before the server listens.

use http::{HeaderName, Method, Response};
use poem::{Endpoint, Request};
use stepup_core::{Check, CheckError, CrossOriginCheck, Gate};

/// Checks that a guard of this gate stands on one method of a path, by a request without credential
/// and body that goes no farther than this process. Do it before the server listens, for all that
/// must never be open; where no guard stands, the handler runs with that request.
///
/// # Errors
///
/// The route does not answer as a guard of this gate does: no guard, no `.data(gate)`, no route.
///
/// ```
/// # use poem::Endpoint;
/// # use stepup_poem::{CheckError, Gate};
/// use poem::http::Method;
///
/// async fn before_listening(app: &impl Endpoint, gate: &Gate) -> Result<(), CheckError> {
///     stepup_poem::check(gate, app, Method::POST, "/transfers").await
/// }
/// ```
pub async fn check(
    gate: &Gate,
    app: &impl Endpoint,
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
/// # use poem::Endpoint;
/// # use stepup_poem::{CheckError, Gate};
/// use poem::http::{Method, header::CONTENT_TYPE};
///
/// async fn before_listening(app: &impl Endpoint, gate: &Gate) -> Result<(), CheckError> {
///     let (page, sends) = ("https://app.example", [CONTENT_TYPE]);
///     stepup_poem::check_cross_origin(gate, app, Method::POST, "/transfers", page, &sends).await
/// }
/// ```
pub async fn check_cross_origin(
    gate: &Gate,
    app: &impl Endpoint,
    method: Method,
    path: &str,
    origin: &str,
    sends: &[HeaderName],
) -> Result<(), CheckError> {
    let (check, [preflight, call]) = CrossOriginCheck::new(gate, method, path, origin, sends)?;
    let preflight = send(app, preflight).await;
    check.finish(gate, &preflight, &send(app, call).await)
}

async fn send(app: &impl Endpoint, request: http::Request<()>) -> Response<()> {
    let (parts, ()) = request.into_parts();
    let mut request = Request::builder().method(parts.method).uri(parts.uri).finish();
    *request.headers_mut() = parts.headers;
    *request.extensions_mut() = parts.extensions;
    let answer = app.get_response(request).await;
    let mut response = Response::new(());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    response
}
