use poem::handler;
use stepup_poem::step_up;

#[step_up(methods("hwk", "pin", "hwk"))]
#[handler]
async fn a() {}

fn main() {}
