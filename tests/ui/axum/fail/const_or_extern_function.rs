// M11
use stepup_axum::step_up;

#[step_up(level = "mfa")]
const fn constant() {}

#[step_up(level = "mfa")]
async extern "C" fn foreign() {}

fn main() {}
