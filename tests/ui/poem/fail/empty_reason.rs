use poem::handler;
use stepup_poem::step_up;

#[step_up(level = "mfa", reason = "")]
#[handler]
async fn a() {}

#[step_up(level = "mfa", reason = "  ")]
#[handler]
async fn b() {}

#[step_up(level = "mfa", reason = REASON)]
#[handler]
async fn c() {}

fn main() {}
