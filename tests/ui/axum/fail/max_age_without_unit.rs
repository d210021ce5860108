// M15
use stepup_axum::step_up;

#[step_up(max_age = "300")]
async fn a() {}

fn main() {}
