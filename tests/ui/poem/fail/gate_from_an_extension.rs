use poem::handler;
use stepup_poem::step_up;

#[step_up(level = "mfa", gate = extension)]
#[handler]
async fn a() {}

#[step_up(level = "mfa", gate = other)]
#[handler]
async fn b() {}

fn main() {}
