// M15
use poem::handler;
use stepup_poem::step_up;

#[step_up(methods("hkw"))]
#[handler]
async fn a() {}

#[step_up(methods("hwk", "passkey"))]
#[handler]
async fn b() {}

#[step_up(methods("HWK"))]
#[handler]
async fn c() {}

fn main() {}
