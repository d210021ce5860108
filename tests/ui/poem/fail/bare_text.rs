// M15
use poem::handler;
use stepup_poem::step_up;

#[step_up("mfa")]
#[handler]
async fn a() {}

#[step_up("5m")]
#[handler]
async fn b() {}

#[step_up("hwk")]
#[handler]
async fn c() {}

fn main() {}
