// M9
use stepup_poem::{SteppedUp, level};

pub fn make() -> SteppedUp<level::Mfa> {
    SteppedUp::new()
}

pub fn make_default() -> SteppedUp<level::Mfa> {
    SteppedUp::default()
}

fn main() {}
