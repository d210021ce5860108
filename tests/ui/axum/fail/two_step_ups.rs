// M14
use stepup_axum::step_up;

#[step_up(level = "mfa")]
#[step_up(max_age = "5m")]
async fn transfer() {}

#[step_up(level = "mfa")]
#[stepup_axum::step_up(level = "mfa")]
async fn same_demand_twice() {}

fn main() {}
