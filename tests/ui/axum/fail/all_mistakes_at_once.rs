// Every one is reported in one go.
use stepup_axum::{SteppedUp, level, step_up};

#[step_up(level = "mfaa", max_age = "5", methods("hkw"), reason = "", timeout = 3, crate = stepup)]
fn transfer(_proof: SteppedUp<level::Mfa>) {}

fn main() {}
