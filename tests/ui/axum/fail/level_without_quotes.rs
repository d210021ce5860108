// M15
use stepup_axum::step_up;

#[step_up(level = mfa)]
async fn a() {}

#[step_up(phrh)]
async fn b() {}

fn main() {}
