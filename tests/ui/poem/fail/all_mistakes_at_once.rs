// Every one is reported in one go.
use poem::handler;
use stepup_poem::{SteppedUp, level, step_up};

#[step_up(level = "mfaa", max_age = "5", methods("hkw"), reason = "", timeout = 3, crate = stepup)]
#[handler]
async fn transfer(_proof: SteppedUp<level::Mfa>) {}

fn main() {}
