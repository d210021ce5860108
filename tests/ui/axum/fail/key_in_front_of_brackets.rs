// M15
use stepup_axum::step_up;

#[step_up(level("mfa"))]
async fn a() {}

#[step_up(max_age("5m"))]
async fn b() {}

#[step_up(level = "mfa", reason("So."))]
async fn c() {}

fn main() {}
