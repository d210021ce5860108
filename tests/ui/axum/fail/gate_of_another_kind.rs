use stepup_axum::step_up;

#[step_up(level = "mfa", gate = other)]
async fn a() {}

#[step_up(level = "mfa", gate = "extension")]
async fn b() {}

#[step_up(level = "mfa", gate = extension, gate = extension)]
async fn c() {}

fn main() {}
