use stepup_axum::{Ladder, Require, Requirement, level, step_up};

const LADDER: &Ladder = &Ladder::new(&["basic", "notarised"]);

struct Notarised;
impl Require for Notarised {
    const REQUIREMENT: Requirement = Requirement::level(LADDER.level("notarised"));
}

#[step_up((level::Mfa, Notarised))]
async fn transfer() {}

#[step_up(Notarised, level = "mfa")]
async fn beside_each_other() {}

fn main() {}
