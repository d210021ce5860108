// M15
use stepup_axum::step_up;

#[step_up(level = 3)]
async fn a() {}

#[step_up(level = true)]
async fn b() {}

#[step_up(300)]
async fn c() {}

fn main() {}
