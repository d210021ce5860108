// M9, M24
use stepup_poem::{SteppedUp, level};

pub fn keep(proof: &SteppedUp<level::Mfa>) -> SteppedUp<level::Mfa> {
    proof.clone()
}

pub fn of_a_higher_level(proof: SteppedUp<level::Mfa>) -> SteppedUp<level::Phr> {
    proof
}

fn main() {}
