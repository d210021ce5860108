// M15
use poem::handler;
use stepup_poem::step_up;

#[step_up(level = "mfaa")]
#[handler]
async fn a() {}

#[step_up(level = "MFA")]
#[handler]
async fn b() {}

#[step_up(level = "single_factor")]
#[handler]
async fn c() {}

#[step_up(level = "gold")]
#[handler]
async fn d() {}

#[step_up(level = "")]
#[handler]
async fn e() {}

#[step_up(level = "aal2")]
#[handler]
async fn f() {}

fn main() {}
