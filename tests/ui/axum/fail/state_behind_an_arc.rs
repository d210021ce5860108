// M19: the gate is in there, and cannot be taken out of an `Arc`.
use std::sync::Arc;

use axum::Router;
use stepup_axum::{Gate, guarded, step_up};

struct App {
    _gate: Gate,
}

#[step_up(level = "mfa")]
async fn transfer() {}

fn app(state: Arc<App>) -> Router {
    Router::new().route("/transfers", guarded::post(transfer)).with_state(state)
}

fn main() {}
