// M6
use axum::debug_handler;
use stepup_axum::step_up;

#[debug_handler(state = stepup_axum::Gate)]
#[step_up(level = "mfa")]
async fn transfer() {}

fn main() {}
