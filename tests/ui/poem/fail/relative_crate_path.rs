// M16
use poem::handler;
use stepup_poem::step_up;

#[step_up(level = "mfa", crate = stepup)]
#[handler]
async fn a() {}

#[step_up(level = "mfa", crate = my::stepup)]
#[handler]
async fn b() {}

#[step_up(level = "mfa", crate = "::stepup_poem")]
#[handler]
async fn c() {}

fn main() {}
