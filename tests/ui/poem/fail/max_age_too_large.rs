// M15
use poem::handler;
use stepup_poem::step_up;

#[step_up(max_age = "4294967296s")]
#[handler]
async fn a() {}

#[step_up(max_age = "49711d")]
#[handler]
async fn b() {}

#[step_up(max_age = "99999999999999999999999m")]
#[handler]
async fn c() {}

fn main() {}
