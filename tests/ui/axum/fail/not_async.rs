// M11
use stepup_axum::step_up;

#[step_up(level = "mfa")]
fn transfer() {}

fn main() {}
