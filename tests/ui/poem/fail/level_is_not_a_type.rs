// M15
use poem::handler;
use stepup_poem::step_up;

#[step_up(level = 3)]
#[handler]
async fn a() {}

#[step_up(level = true)]
#[handler]
async fn b() {}

#[step_up(300)]
#[handler]
async fn c() {}

fn main() {}
