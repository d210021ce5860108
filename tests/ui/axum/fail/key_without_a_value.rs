// M15
use stepup_axum::step_up;

#[step_up(level)]
async fn a() {}

#[step_up(level, max_age = "5m")]
async fn b() {}

#[step_up(methods)]
async fn c() {}

fn main() {}
