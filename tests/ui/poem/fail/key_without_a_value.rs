// M15
use poem::handler;
use stepup_poem::step_up;

#[step_up(level)]
#[handler]
async fn a() {}

#[step_up(level, max_age = "5m")]
#[handler]
async fn b() {}

#[step_up(methods)]
#[handler]
async fn c() {}

fn main() {}
