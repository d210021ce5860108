use stepup_axum::step_up;

#[step_up(level = "mfa", reason = "")]
async fn a() {}

#[step_up(level = "mfa", reason = "  ")]
async fn b() {}

#[step_up(level = "mfa", reason = REASON)]
async fn c() {}

fn main() {}
