// M15
use stepup_axum::step_up;

#[step_up]
async fn a() {}

#[step_up()]
async fn b() {}

#[step_up(reason = "We need to confirm that it is you.")]
async fn c() {}

fn main() {}
