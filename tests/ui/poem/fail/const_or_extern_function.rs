// M11
use poem::handler;
use stepup_poem::step_up;

#[step_up(level = "mfa")]
#[handler]
const fn constant() {}

#[step_up(level = "mfa")]
#[handler]
async extern "C" fn foreign() {}

fn main() {}
