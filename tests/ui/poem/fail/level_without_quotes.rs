// M15
use poem::handler;
use stepup_poem::step_up;

#[step_up(level = mfa)]
#[handler]
async fn a() {}

#[step_up(phrh)]
#[handler]
async fn b() {}

#[step_up(level = single-factor)]
#[handler]
async fn c() {}

#[step_up(single-factor, max_age = "5m")]
#[handler]
async fn d() {}

fn main() {}
