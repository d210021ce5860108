//! Before the server listens.

use axum::Router;
use axum::body::Body;
use http::Method;
use stepup_core::{Check, CheckError, Gate};
use tower::ServiceExt;

/// Checks that a guard of this gate stands on a route, by a request without credential and body
/// that goes no farther than this process. Do it before the server listens, for the routes that
/// must never be open; where no guard stands, the handler runs with that request.
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
    let response = match app.clone().oneshot(request.map(|()| Body::empty())).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    check.finish(gate, response.status(), response.headers())
}
