use poem::handler;
use stepup_poem::step_up;

#[step_up(methods = "hwk")]
#[handler]
async fn a() {}

#[step_up(methods = ["hwk", "pin"])]
#[handler]
async fn b() {}

#[step_up(methods(hwk))]
#[handler]
async fn c() {}

#[step_up(methods("hwk" "pin"))]
#[handler]
async fn d() {}

fn main() {}
