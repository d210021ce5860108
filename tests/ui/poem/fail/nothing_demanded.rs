// M15
use poem::handler;
use stepup_poem::step_up;

#[step_up]
#[handler]
async fn a() {}

#[step_up()]
#[handler]
async fn b() {}

#[step_up(reason = "We need to confirm that it is you.")]
#[handler]
async fn c() {}

fn main() {}
