// M2
use axum::Router;
use stepup_axum::{Gate, guarded, step_up};

#[cfg_attr(any(), step_up(level = "mfa"))]
async fn transfer() {}

fn main() {
    let _: Router<Gate> = Router::new().route("/transfers", guarded::post(transfer));
}
