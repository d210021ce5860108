use stepup_axum::step_up;

#[step_up(methods("hwk", "pin", "hwk"))]
async fn a() {}

fn main() {}
