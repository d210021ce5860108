use stepup_axum::{MaxAge, step_up};

#[step_up(MaxAge<0>)]
async fn transfer() {}

fn main() {}
