//! The API's own metadata as a route (RFC 9728).

use poem::endpoint::make_sync;
use poem::{Route, get};
use stepup_core::Gate;

use crate::rejection::translate;

/// Adds the route of the API's metadata, where the gate was given it with
/// [`GateBuilder::resource`](crate::GateBuilder::resource); no route otherwise. It is open to
/// everybody, and stands at the root of the host: do not nest it.
///
/// ```
/// use poem::{IntoEndpoint, EndpointExt, Route};
/// use stepup_poem::{Gate, resource_metadata};
///
/// fn app(gate: Gate) -> impl IntoEndpoint {
///     resource_metadata(Route::new(), &gate).data(gate)
/// }
/// ```
#[must_use]
pub fn resource_metadata(routes: Route, gate: &Gate) -> Route {
    match gate.resource_metadata().cloned() {
        None => routes,
        Some(metadata) => {
            let path = metadata.path().to_owned();
            routes.at(path, get(make_sync(move |_| translate(metadata.response()))))
        }
    }
}
