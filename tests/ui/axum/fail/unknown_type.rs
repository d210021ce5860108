// M15
use stepup_axum::step_up;

#[step_up(level = Nowhere)]
async fn a() {}

#[step_up(Nowhere)]
async fn b() {}

fn main() {}
