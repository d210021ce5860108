// M15
use stepup_axum::step_up;

#[step_up(levle = "mfa")]
async fn a() {}

#[step_up(max_aeg = "5m")]
async fn b() {}

#[step_up(method("hwk"))]
async fn c() {}

#[step_up(level = "mfa", because = "So.")]
async fn d() {}

#[step_up(level = "mfa", timeout)]
async fn e() {}

#[step_up(acr = "mfa")]
async fn f() {}

#[step_up(level = "mfa", scope = "pay")]
async fn g() {}

#[step_up(age = "5m")]
async fn h() {}

fn main() {}
