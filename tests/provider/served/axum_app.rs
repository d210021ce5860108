//! In axum. Its twin is `poem_app`.

use axum::Router;
use stepup_axum::{Gate, Verified, guarded, resource_metadata, step_up};

#[step_up(level = "mfa", max_age = "5m")]
async fn transfer(user: Verified) -> String {
    user.subject().to_owned()
}

pub(super) fn router(gate: Gate) -> Router {
    let routes = Router::new().route("/transfers", guarded::post(transfer));
    resource_metadata(routes, &gate).with_state(gate)
}
