// M15
use stepup_axum::step_up;

#[step_up(level = "mfaa")]
async fn a() {}

#[step_up(level = "MFA")]
async fn b() {}

#[step_up(level = "single_factor")]
async fn c() {}

#[step_up(level = "gold")]
async fn d() {}

#[step_up(level = "")]
async fn e() {}

#[step_up(level = "aal2")]
async fn f() {}

fn main() {}
