//! The API's own metadata as a route (RFC 9728).

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use stepup_core::Gate;

/// Adds the route of the API's metadata, where the gate was given it with
/// [`GateBuilder::resource`](crate::GateBuilder::resource); no route otherwise. It is open to
/// everybody, and stands at the root of the host: do not nest it.
///
/// ```
/// use axum::Router;
/// use stepup_axum::{Gate, resource_metadata};
///
/// fn app(gate: Gate) -> Router {
///     resource_metadata(Router::new(), &gate).with_state(gate)
/// }
/// ```
pub fn resource_metadata<S>(routes: Router<S>, gate: &Gate) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    match gate.resource_metadata().cloned() {
        None => routes,
        Some(metadata) => {
            let path = metadata.path().to_owned();
            routes.route(&path, get(async move || metadata.response().map(Body::from)))
        }
    }
}
