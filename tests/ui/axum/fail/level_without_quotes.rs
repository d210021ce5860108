// M15
use stepup_axum::step_up;

#[step_up(level = mfa)]
async fn a() {}

#[step_up(phrh)]
async fn b() {}

#[step_up(level = single-factor)]
async fn c() {}

#[step_up(single-factor, max_age = "5m")]
async fn d() {}

fn main() {}
