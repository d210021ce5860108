//! What walks are made of: steps that belong together, and any others.

mod provided;

use crate::action::{Action, Code, Held, Pick, SEATS, Says, Which, Who};
use crate::elsewhere;
use crate::random::Random;

/// The demand for a key that its maker vouches for.
const BY_ITS_MAKER: usize = 12;

/// A walk of about so many steps.
pub fn walk(seed: u64, steps: usize) -> Vec<Action> {
    let mut random = Random::new(seed);
    let mut actions = Vec::new();
    while actions.len() < steps {
        phrase(&mut random, &mut actions);
    }
    actions.truncate(steps);
    actions
}

/// A few steps that belong together, or one that belongs to nothing.
fn phrase(random: &mut Random, to: &mut Vec<Action>) {
    let seat = random.below(SEATS);
    let who = |token| Who { seat, token };
    let token = random.one_of(&[Held::Login, Held::Login, Held::SteppedUp]);
    let own = Which::Latest;
    match random.below(100) {
        0..16 => ceremony(random, seat, token, to),
        // An enrolment as it should go, mostly with a proof before it.
        16..23 => {
            match random.below(8) {
                0 => {}
                1..3 => with_key(random, seat, &[0, 4], Code::Right, to),
                3 | 4 => with_key(random, seat, &[BY_ITS_MAKER], Code::Right, to),
                _ => ceremony(random, seat, Held::Login, to),
            }
            // Recovery codes are slow to hash, so they are rare.
            let method = if random.once_in(15) { 5 } else { method(random) };
            let who = who(random.one_of(&[Held::Login, Held::SteppedUp, Held::SteppedUp]));
            let replaces = random.once_in(5).then(|| Pick::Nth(random.below(8)));
            // One that is finished before it makes it too late.
            let is_late = random.once_in(6);
            if is_late {
                to.push(Action::Enrol { who, method: 0, details: 0, replaces: None });
            }
            to.push(Action::Enrol { who, method, details: random.below(3), replaces });
            to.push(Action::AtOkta { said: provided::said(random) });
            for _ in 0..random.below(2) {
                to.push(single(random));
            }
            let code = mostly_right(random);
            to.push(Action::Confirm { who, enrolment: own, code });
            if is_late {
                to.push(Action::Confirm { who, enrolment: Which::OfUser(1), code: Code::Right });
            }
        }
        // Guessing.
        23..27 => {
            to.push(Action::Login { seat, kind: 0 });
            to.push(begin(random, who(Held::Login)));
            let factor = Pick::Nth(random.below(8));
            to.push(Action::Prompt { who: who(Held::Login), ceremony: own, factor });
            for _ in 0..random.below(9) {
                let code =
                    random.one_of(&[Code::Wrong, Code::Wrong, Code::Malformed(3), Code::Old]);
                let at_token_endpoint = random.once_in(4);
                let who = who(Held::Login);
                to.push(Action::Prove { who, ceremony: own, factor, code, at_token_endpoint });
            }
        }
        // Guessing at an enrolment.
        27 => {
            ceremony(random, seat, Held::Login, to);
            let who = who(Held::SteppedUp);
            let method = method(random);
            to.push(Action::Enrol { who, method, details: 0, replaces: None });
            for _ in 0..random.below(8) {
                let code = random.one_of(&[Code::Wrong, Code::Wrong, Code::Malformed(seat)]);
                to.push(Action::Confirm { who, enrolment: own, code });
            }
            to.push(Action::Confirm { who, enrolment: own, code: Code::Right });
        }
        // Flooding.
        28 if random.once_in(4) => {
            for _ in 0..25 {
                to.push(begin(random, who(Held::Login)));
            }
        }
        30..36 => to.push(Action::Login { seat, kind: random.below(8) }),
        36..50 => {
            let spans = [1, 5, 10, 30, 30, 30, 31, 31, 60, 60, 61, 120, 300, 1200];
            let longest = random.one_of(&spans);
            to.push(Action::Wait { seconds: 1 + random.below(longest) as u64 });
        }
        50 if random.once_in(6) => to.push(Action::Forget { what: random.below(24) }),
        51 => {
            ceremony(random, seat, Held::Login, to);
            to.push(Action::Outage { is_down: true });
            let login = who(Held::Login);
            to.push(Action::Begin { who: login, acr: 0, max_age: 0, amr: 0 });
            let factor = Pick::OfMethod(random.one_of(&["email", "sms"]));
            to.push(Action::Prompt { who: login, ceremony: own, factor });
            let who = who(Held::SteppedUp);
            for details in 0..3 {
                to.push(Action::Enrol { who, method: 1 + seat % 2, details, replaces: None });
            }
            to.push(Action::Outage { is_down: false });
            to.push(Action::Enrol { who, method: 1 + seat % 2, details: 0, replaces: None });
        }
        52..60 => on_device(random, seat, to),
        60..66 => {
            let code = if random.once_in(4) { Code::OfOther } else { single_code(random) };
            with_key(random, seat, &[0, 4, BY_ITS_MAKER], code, to);
        }
        66..74 => provided::ceremony(random, seat, to),
        _ => to.push(single(random)),
    }
}

/// Of a factor that is neither recovery codes nor none at all.
fn method(random: &mut Random) -> usize {
    match random.below(5 + elsewhere::METHODS.len()) {
        own @ 0..5 => own,
        other => other + 2,
    }
}

/// A ceremony as it should go.
fn ceremony(random: &mut Random, seat: usize, token: Held, to: &mut Vec<Action>) {
    let (who, own) = (Who { seat, token }, Which::Latest);
    if !random.once_in(4) {
        to.push(Action::Login { seat, kind: 0 });
    }
    to.push(begin(random, who));
    let factor = Pick::Nth(random.below(8));
    if !random.once_in(6) {
        to.push(Action::Prompt { who, ceremony: own, factor });
    }
    for _ in 0..random.below(2) {
        to.push(single(random));
    }
    let prove = Action::Prove {
        who,
        ceremony: own,
        factor: if random.once_in(4) { factor } else { Pick::Asked },
        code: mostly_right(random),
        at_token_endpoint: random.once_in(4),
    };
    to.push(prove);
    if random.once_in(3) {
        to.push(Action::Ask { who, ceremony: own });
        to.push(Action::Exchange { who, ceremony: own });
    }
}

/// A ceremony with a key.
fn with_key(random: &mut Random, seat: usize, acr: &[usize], code: Code, to: &mut Vec<Action>) {
    let (who, own) = (Who { seat, token: Held::Login }, Which::Latest);
    let acr = random.one_of(acr);
    let factor = if acr == BY_ITS_MAKER { Pick::Vouched } else { Pick::OfMethod("webauthn") };
    to.push(Action::Login { seat, kind: 0 });
    to.push(Action::Begin { who, acr, max_age: 0, amr: 0 });
    to.push(Action::Prompt { who, ceremony: own, factor });
    if random.once_in(2) {
        to.push(Action::Prompt { who, ceremony: own, factor });
    }
    for code in [code, Code::Right] {
        let at_token_endpoint = random.once_in(12);
        to.push(Action::Prove { who, ceremony: own, factor, code, at_token_endpoint });
    }
    let who = Who { seat, token: Held::SteppedUp };
    to.push(Action::Call { who, route: random.one_of(&[3, 4]) });
}

/// A ceremony that asks on a device.
fn on_device(random: &mut Random, seat: usize, to: &mut Vec<Action>) {
    let (who, own) = (Who { seat, token: Held::Login }, Which::Latest);
    let factor = Pick::OfMethod("push");
    to.push(Action::Login { seat, kind: if random.once_in(8) { 4 } else { 0 } });
    to.push(Action::Begin { who, acr: random.one_of(&[0, 1, 3]), max_age: 0, amr: 0 });
    to.push(Action::Prompt { who, ceremony: own, factor });
    let prove = |random: &mut Random| {
        let at_token_endpoint = random.once_in(4);
        Action::Prove { who, ceremony: own, factor, code: Code::Right, at_token_endpoint }
    };
    if random.once_in(3) {
        to.push(prove(random));
    }
    match random.below(8) {
        0 => to.push(Action::Prompt { who, ceremony: own, factor }),
        1 => to.push(Action::Wait { seconds: random.one_of(&[10, 119, 120]) }),
        2 => to.push(Action::Cancel { who, ceremony: own }),
        3 => to.push(single(random)),
        _ => {}
    }
    to.push(Action::Device { seat, phone: 0, says: says(random) });
    if random.once_in(2) {
        to.push(Action::Device { seat, phone: 0, says: Says::Again });
    }
    to.push(prove(random));
    to.push(Action::Ask { who, ceremony: own });
}

fn says(random: &mut Random) -> Says {
    let (yes, no) = (Says::Approve, Says::Deny);
    random.one_of(&[
        yes,
        yes,
        yes,
        yes,
        Says::Mistype,
        Says::Mistype,
        no,
        Says::Again,
        Says::ByOther,
        Says::Look,
    ])
}

fn begin(random: &mut Random, who: Who) -> Action {
    let often = |random: &mut Random| if random.once_in(4) { random.below(12) } else { 0 };
    let (acr, max_age, amr) = (often(random), often(random), often(random));
    Action::Begin { who, acr, max_age, amr }
}

/// Any step at all.
fn single(random: &mut Random) -> Action {
    let n = random.next() as usize;
    let token = match random.below(4) {
        0 => Held::Any(n),
        1 => Held::SteppedUp,
        _ => Held::Login,
    };
    let who = Who { seat: random.below(SEATS), token };
    let ceremony = match random.below(16) {
        0..9 => Which::Latest,
        9..12 => Which::OfUser(n),
        12 | 13 => Which::OfOther(n),
        14 => Which::OtherSort(n),
        _ if n.is_multiple_of(2) => Which::MadeUp,
        _ => Which::Malformed,
    };
    let factor = match random.below(16) {
        0..7 => Pick::Asked,
        7..13 => Pick::Nth(n),
        13 => Pick::OfOther(n),
        14 => Pick::MadeUp,
        _ => Pick::None,
    };
    let code = single_code(random);
    match random.below(32) {
        0..10 => {
            let at_token_endpoint = random.once_in(5);
            Action::Prove { who, ceremony, factor, code, at_token_endpoint }
        }
        10..14 => Action::Prompt { who, ceremony, factor },
        14..17 => begin(random, who),
        17..20 => Action::Ask { who, ceremony },
        20 => Action::Cancel { who, ceremony },
        21 | 22 => Action::Exchange { who, ceremony },
        23..26 => Action::Confirm { who, enrolment: ceremony, code },
        26 => {
            let replaces = random.once_in(3).then_some(factor);
            Action::Enrol { who, method: method(random), details: n % 5, replaces }
        }
        27 if random.once_in(8) => Action::Enrol { who, method: 6, details: n % 5, replaces: None },
        28 if random.once_in(3) => Action::Remove { who, factor },
        29 => Action::List { who },
        30 => Action::Device { seat: who.seat, phone: n, says: says(random) },
        _ => Action::Call { who, route: random.below(5) },
    }
}

fn mostly_right(random: &mut Random) -> Code {
    if random.once_in(6) {
        single_code(random)
    } else {
        let (right, next, before) = (Code::Right, Code::Step(1), Code::Step(-1));
        random.one_of(&[right, right, right, right, right, next, next, before])
    }
}

fn single_code(random: &mut Random) -> Code {
    let n = random.next() as usize;
    match random.below(18) {
        0..5 => Code::Right,
        5 => Code::Step(-1),
        6 => Code::Step(1),
        7 => Code::Step(if n.is_multiple_of(2) { -2 } else { 2 }),
        8 | 9 => Code::Used,
        10 | 11 => Code::Old,
        12 => Code::OfOther,
        13 | 14 => Code::OfOtherCeremony,
        15 | 16 => Code::Wrong,
        _ => Code::Malformed(n),
    }
}
