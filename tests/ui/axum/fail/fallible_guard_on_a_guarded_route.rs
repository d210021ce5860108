// M8
use axum::Router;
use axum::extract::FromRequestParts;
use stepup_axum::{Gate, SteppedUp, guarded, level};

type Refused = <SteppedUp<level::Mfa> as FromRequestParts<Gate>>::Rejection;

async fn transfer(_: Result<SteppedUp<level::Mfa>, Refused>) {}

fn main() {
    let _: Router<Gate> = Router::new().route("/transfers", guarded::post(transfer));
}
