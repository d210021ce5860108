use poem::handler;
use stepup_poem::{Ladder, Require, Requirement, level, step_up};

const LADDER: &Ladder = &Ladder::new(&["basic", "notarised"]);

struct Notarised;
impl Require for Notarised {
    const REQUIREMENT: Requirement = Requirement::level(LADDER.level("notarised"));
}

#[step_up((level::Mfa, Notarised))]
#[handler]
async fn transfer() {}

#[step_up(Notarised, level = "mfa")]
#[handler]
async fn beside_each_other() {}

fn main() {}
