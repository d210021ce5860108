// M16
use stepup_axum::step_up;

#[step_up(level = "mfa", crate = stepup)]
async fn a() {}

#[step_up(level = "mfa", crate = my::stepup)]
async fn b() {}

#[step_up(level = "mfa", crate = "::stepup_axum")]
async fn c() {}

fn main() {}
