//! In poem. Its twin is `axum_app`.

use poem::{Endpoint, EndpointExt, Route, handler};
use stepup_poem::{Gate, Verified, guarded, resource_metadata, step_up};

#[step_up(level = "mfa", max_age = "5m")]
#[handler]
async fn transfer(user: Verified) -> String {
    user.subject().to_owned()
}

pub(super) fn endpoint(gate: Gate) -> impl Endpoint + 'static {
    let routes = Route::new().at("/transfers", guarded::post(transfer));
    resource_metadata(routes, &gate).data(gate)
}
