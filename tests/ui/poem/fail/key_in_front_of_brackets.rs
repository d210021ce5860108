// M15
use poem::handler;
use stepup_poem::step_up;

#[step_up(level("mfa"))]
#[handler]
async fn a() {}

#[step_up(max_age("5m"))]
#[handler]
async fn b() {}

#[step_up(level = "mfa", reason("So."))]
#[handler]
async fn c() {}

fn main() {}
