// M15
use stepup_axum::step_up;

#[step_up(level = "mfa" max_age = "5m")]
async fn a() {}

fn main() {}
