// M15
use stepup_axum::step_up;

#[step_up(level = "mfa", level = "phr")]
async fn a() {}

#[step_up(max_age = "5m", level = "mfa", max_age = "1m")]
async fn b() {}

#[step_up(methods("hwk"), methods("pin"))]
async fn c() {}

#[step_up(level = "mfa", reason = "One.", reason = "Two.")]
async fn d() {}

fn main() {}
