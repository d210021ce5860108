// M15
use poem::handler;
use stepup_poem::step_up;

#[step_up(level = "mfa", level = "phr")]
#[handler]
async fn a() {}

#[step_up(max_age = "5m", level = "mfa", max_age = "1m")]
#[handler]
async fn b() {}

#[step_up(methods("hwk"), methods("pin"))]
#[handler]
async fn c() {}

#[step_up(level = "mfa", reason = "One.", reason = "Two.")]
#[handler]
async fn d() {}

fn main() {}
