//! Would a call need a step-up? Its guard, without the handler.

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::handler::Handler;
use axum::routing::{MethodRouter, get};
use stepup_core::login_suffices;

use crate::guarded::Guarded;

/// Would a call of this handler need a step-up? A route of its own for interfaces that tell before
/// the user has filled in a form. It answers `GET`: 204 if the login that the request comes with
/// suffices, and otherwise what the call would get, challenge and all.
///
/// Of the handler it has the guard's type alone, so nothing else of it can run. The answer is about
/// the login, and about this moment; the call itself is judged anew.
///
/// ```
/// use axum::Router;
/// use stepup_axum::{Gate, guarded, step_up};
///
/// #[step_up(level = "mfa", max_age = "5m")]
/// async fn transfer() {}
///
/// let app: Router<Gate> = Router::new()
///     .route("/transfers", guarded::post(transfer))
///     .route("/transfers/step-up", guarded::question(transfer));
/// ```
pub fn question<H, T, S>(_handler: H) -> MethodRouter<S>
where
    H: Handler<T, S>,
    T: Guarded<S, Guard: FromRequestParts<S> + Send> + 'static,
    S: Clone + Send + Sync + 'static,
{
    get(async |_: T::Guard| login_suffices().map(Body::from))
}
