// M15
use stepup_axum::step_up;

#[step_up(max_age = "0s")]
async fn a() {}

#[step_up(max_age = "00h")]
async fn b() {}

fn main() {}
