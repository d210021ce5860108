// M15
use poem::handler;
use stepup_poem::step_up;

#[step_up = "mfa"]
#[handler]
async fn a() {}

fn main() {}
