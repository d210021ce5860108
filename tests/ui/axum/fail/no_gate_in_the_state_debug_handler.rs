// M19
use axum::debug_handler;
use stepup_axum::step_up;

#[derive(Clone)]
struct App;

#[step_up(level = "mfa")]
#[debug_handler(state = App)]
async fn transfer() {}

fn main() {}
