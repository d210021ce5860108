// M15
use stepup_axum::step_up;

#[step_up(methods("hkw"))]
async fn a() {}

#[step_up(methods("hwk", "passkey"))]
async fn b() {}

#[step_up(methods("HWK"))]
async fn c() {}

fn main() {}
