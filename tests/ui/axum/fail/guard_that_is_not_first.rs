// M20: what stands before the guard is read before the decision.
use axum::Router;
use axum::http::Method;
use stepup_axum::{Gate, SteppedUp, guarded, level};

async fn transfer(_: Method, _: SteppedUp<level::Mfa>) {}

fn main() {
    let _: Router<Gate> = Router::new().route("/transfers", guarded::post(transfer));
}
