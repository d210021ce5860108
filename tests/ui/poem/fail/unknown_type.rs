// M15
use poem::handler;
use stepup_poem::step_up;

#[step_up(level = Nowhere)]
#[handler]
async fn a() {}

#[step_up(Nowhere)]
#[handler]
async fn b() {}

fn main() {}
