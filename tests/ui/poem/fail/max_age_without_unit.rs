// M15
use poem::handler;
use stepup_poem::step_up;

#[step_up(max_age = "300")]
#[handler]
async fn a() {}

fn main() {}
