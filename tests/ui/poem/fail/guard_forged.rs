// M9
use std::marker::PhantomData;
use std::sync::Arc;

use stepup_poem::{Authentication, SteppedUp, level};

pub fn forge(authentication: Arc<Authentication>) -> SteppedUp<level::Mfa> {
    SteppedUp { authentication, held: PhantomData }
}

fn main() {}
