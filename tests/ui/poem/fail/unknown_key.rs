// M15
use poem::handler;
use stepup_poem::step_up;

#[step_up(levle = "mfa")]
#[handler]
async fn a() {}

#[step_up(max_aeg = "5m")]
#[handler]
async fn b() {}

#[step_up(method("hwk"))]
#[handler]
async fn c() {}

#[step_up(level = "mfa", because = "So.")]
#[handler]
async fn d() {}

#[step_up(level = "mfa", timeout)]
#[handler]
async fn e() {}

#[step_up(acr = "mfa")]
#[handler]
async fn f() {}

#[step_up(level = "mfa", scope = "pay")]
#[handler]
async fn g() {}

#[step_up(age = "5m")]
#[handler]
async fn h() {}

fn main() {}
