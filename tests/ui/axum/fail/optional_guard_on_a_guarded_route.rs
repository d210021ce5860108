// M7
use axum::Router;
use stepup_axum::{Gate, SteppedUp, guarded, level};

async fn transfer(_: Option<SteppedUp<level::Mfa>>) {}

fn main() {
    let _: Router<Gate> = Router::new().route("/transfers", guarded::post(transfer));
}
