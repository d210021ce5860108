// M8, under whatever name the error goes.
use axum::Router;
use axum::extract::FromRequestParts;
use axum::routing::post;
use stepup_axum::{Gate, Rejection, SteppedUp, level};

type Refused = <SteppedUp<level::Mfa> as FromRequestParts<Gate>>::Rejection;

async fn written(_: Result<SteppedUp<level::Mfa>, Rejection>) {}
async fn named(_: Result<SteppedUp<level::Mfa>, Refused>) {}
async fn generic<E>(_: Result<SteppedUp<level::Mfa>, E>) {}
async fn some(_: Result<SteppedUp<level::Mfa>, impl Send>) {}

fn main() {
    let _: Router<Gate> = Router::new()
        .route("/1", post(written))
        .route("/2", post(named))
        .route("/3", post(generic))
        .route("/4", post(some));
}
