// M15
use stepup_axum::step_up;

#[step_up(max_age = "4294967296s")]
async fn a() {}

#[step_up(max_age = "49711d")]
async fn b() {}

#[step_up(max_age = "99999999999999999999999m")]
async fn c() {}

fn main() {}
