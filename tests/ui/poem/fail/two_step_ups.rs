// M14
use poem::handler;
use stepup_poem::step_up;

#[step_up(level = "mfa")]
#[step_up(max_age = "5m")]
#[handler]
async fn transfer() {}

#[step_up(level = "mfa")]
#[handler]
#[stepup_poem::step_up(level = "mfa")]
async fn same_demand_twice() {}

fn main() {}
