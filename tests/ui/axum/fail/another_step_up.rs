// M4
use axum::Router;
use stepup_axum::{Gate, guarded};
use tracing::instrument as step_up;

#[step_up(level = "info")]
async fn transfer() {}

fn main() {
    let _: Router<Gate> = Router::new().route("/transfers", guarded::post(transfer));
}
