// M6
use axum::debug_handler;
use stepup_axum::step_up;

#[debug_handler(state = stepup_axum::Gate)]
#[step_up(level = "mfa")]
async fn transfer() {}

#[debug_handler(state = stepup_axum::Gate)]
#[step_up(level = "mfa")]
async fn with_an_argument(_: String) {}

fn main() {}
