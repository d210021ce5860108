// M5
use axum::Router;
use ours::*;
use stepup_axum::{Gate, guarded};
use theirs::*;

mod ours {
    pub use stepup_axum::step_up;
}

mod theirs {
    pub use tracing::instrument as step_up;
}

#[step_up(level = "mfa")]
async fn transfer() {}

fn main() {
    let _: Router<Gate> = Router::new().route("/transfers", guarded::post(transfer));
}
