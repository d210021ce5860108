// M15
use poem::handler;
use stepup_poem::step_up;

#[step_up(level = "mfa" max_age = "5m")]
#[handler]
async fn a() {}

fn main() {}
