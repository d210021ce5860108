//! Steps with a factor that a provider keeps.

use super::{single, single_code};
use crate::action::{Action, Code, Held, Pick, Which, Who};
use crate::elsewhere::{self, Said};
use crate::random::Random;

/// A ceremony with a factor that a provider keeps.
pub fn ceremony(random: &mut Random, seat: usize, to: &mut Vec<Action>) {
    let (who, own) = (Who { seat, token: Held::Login }, Which::Latest);
    let factor = Pick::OfMethod(random.one_of(&elsewhere::METHODS));
    to.push(Action::Login { seat, kind: if random.once_in(4) { 4 } else { 0 } });
    let max_age = if random.once_in(4) { random.below(12) } else { 0 };
    to.push(Action::Begin { who, acr: random.one_of(&[0, 1, 3]), max_age, amr: 0 });
    to.push(Action::Prompt { who, ceremony: own, factor });
    match random.below(6) {
        0 => to.push(Action::Prompt { who, ceremony: own, factor }),
        1 => to.push(Action::Wait { seconds: random.one_of(&[3, 5, 30, 121]) }),
        2 => to.push(single(random)),
        _ => {}
    }
    let prove = |random: &mut Random, code| {
        let at_token_endpoint = random.once_in(4);
        Action::Prove { who, ceremony: own, factor, code, at_token_endpoint }
    };
    if random.once_in(2) {
        let code = if random.once_in(3) { Code::OfOther } else { single_code(random) };
        to.push(prove(random, code));
    }
    if random.once_in(5) {
        to.push(prove(random, Code::Step(2)));
    }
    to.push(Action::AtOkta { said: said(random) });
    to.push(prove(random, Code::Right));
    if random.once_in(2) {
        to.push(Action::Wait { seconds: 4 });
        to.push(prove(random, Code::Right));
    } else {
        // The same again, in another ceremony.
        to.push(Action::Begin { who, acr: 0, max_age: 0, amr: 0 });
        to.push(Action::Prompt { who, ceremony: own, factor });
        to.push(prove(random, Code::Used));
    }
}

pub fn said(random: &mut Random) -> Said {
    random.one_of(&[Said::Yes, Said::Yes, Said::Yes, Said::Yes, Said::No, Said::TooLate])
}
