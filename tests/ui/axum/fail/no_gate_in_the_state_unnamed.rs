// M19: `#[debug_handler]` takes the state for `()`.
use axum::debug_handler;
use stepup_axum::step_up;

#[step_up(level = "mfa")]
#[debug_handler]
async fn transfer() {}

fn main() {}
