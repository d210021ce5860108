// M15
use stepup_axum::step_up;

#[step_up("mfa")]
async fn a() {}

#[step_up("5m")]
async fn b() {}

#[step_up("hwk")]
async fn c() {}

fn main() {}
