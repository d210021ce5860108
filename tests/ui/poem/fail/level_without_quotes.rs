// M15
use poem::handler;
use stepup_poem::step_up;

#[step_up(level = mfa)]
#[handler]
async fn a() {}

#[step_up(phrh)]
#[handler]
async fn b() {}

fn main() {}
