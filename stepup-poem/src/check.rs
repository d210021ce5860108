//! Before the server listens.

use http::Method;
use poem::{Endpoint, Request};
use stepup_core::{Check, CheckError, Gate};

/// Checks that a guard of this gate stands on a route, by a request without credential and body
/// that goes no farther than this process. Do it before the server listens, for the routes that
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
    let (check, asked) = Check::new(method, path)?;
    let (parts, ()) = asked.into_parts();
    let mut request = Request::builder().method(parts.method).uri(parts.uri).finish();
    *request.extensions_mut() = parts.extensions;
    let response = app.get_response(request).await;
    check.finish(gate, response.status(), response.headers())
}
