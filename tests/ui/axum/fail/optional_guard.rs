// M7: axum has no `OptionalFromRequestParts` for it.
use axum::Router;
use axum::routing::post;
use stepup_axum::{Gate, SteppedUp, level};

async fn transfer(_: Option<SteppedUp<level::Mfa>>) {}

fn main() {
    let _: Router<Gate> = Router::new().route("/transfers", post(transfer));
}
