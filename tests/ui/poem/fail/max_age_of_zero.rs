// M15
use poem::handler;
use stepup_poem::step_up;

#[step_up(max_age = "0s")]
#[handler]
async fn a() {}

#[step_up(max_age = "00h")]
#[handler]
async fn b() {}

fn main() {}
