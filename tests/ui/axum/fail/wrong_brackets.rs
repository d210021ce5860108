// M15
use stepup_axum::step_up;

#[step_up = "mfa"]
async fn a() {}

fn main() {}
