use stepup_axum::step_up;

#[step_up(methods = "hwk")]
async fn a() {}

#[step_up(methods = ["hwk", "pin"])]
async fn b() {}

#[step_up(methods(hwk))]
async fn c() {}

#[step_up(methods("hwk" "pin"))]
async fn d() {}

fn main() {}
