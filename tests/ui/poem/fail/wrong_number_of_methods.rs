use poem::handler;
use stepup_poem::step_up;

#[step_up(methods())]
#[handler]
async fn a() {}

#[step_up(methods("face", "fpt", "geo", "hwk", "iris", "kba", "mca", "otp", "pin"))]
#[handler]
async fn b() {}

fn main() {}
