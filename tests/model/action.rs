//! What a walk does: steps that say whom and what by place, not by name, so that any of them can
//! be left out and the rest still means something.

use crate::random::Random;

/// Two users, two sessions each, two clients in each session.
pub const SEATS: usize = 8;

#[derive(Clone, Debug)]
pub enum Action {
    Login { seat: usize, kind: usize },
    Begin { who: Who, acr: usize, max_age: usize, amr: usize },
    Prompt { who: Who, ceremony: Which, factor: Pick },
    Prove { who: Who, ceremony: Which, factor: Pick, code: Code, at_token_endpoint: bool },
    Ask { who: Who, ceremony: Which },
    Exchange { who: Who, ceremony: Which },
    Cancel { who: Who, ceremony: Which },
    Enrol { who: Who, method: usize, details: usize, replaces: Option<Pick> },
    Confirm { who: Who, enrolment: Which, code: Code },
    Remove { who: Who, factor: Pick },
    List { who: Who },
    Call { who: Who, route: usize },
    Wait { seconds: u64 },
    Forget { what: usize },
    Outage { is_down: bool },
}

#[derive(Clone, Copy, Debug)]
pub struct Who {
    pub seat: usize,
    pub token: Held,
}

/// Which of the tokens that a seat holds.
#[derive(Clone, Copy, Debug)]
pub enum Held {
    /// The login's.
    Login,
    /// The one that it was stepped up to last.
    SteppedUp,
    /// Any, old ones too.
    Any(usize),
}

/// Which ceremony, or enrolment.
#[derive(Clone, Copy, Debug)]
pub enum Which {
    /// The last that this seat began.
    Latest,
    /// Any that this user's seats began.
    OfUser(usize),
    /// Any of the other user's.
    OfOther(usize),
    /// A ceremony where an enrolment is expected, and the other way round.
    OtherSort(usize),
    MadeUp,
    Malformed,
}

/// Which factor.
#[derive(Clone, Copy, Debug)]
pub enum Pick {
    /// The one that asked last in this ceremony; or the first.
    Asked,
    Nth(usize),
    OfOther(usize),
    MadeUp,
    /// The member is left out.
    None,
}

#[derive(Clone, Copy, Debug)]
pub enum Code {
    Right,
    /// A step of TOTP before, or after, the present one.
    Step(i64),
    /// One that was right before.
    Used,
    /// The one that was sent before the last.
    Old,
    /// What the other user would answer.
    OfOther,
    /// The one that was sent in another ceremony.
    OfOtherCeremony,
    Wrong,
    Malformed(usize),
}

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
            if !random.once_in(4) {
                ceremony(random, seat, Held::Login, to);
            }
            // Recovery codes are slow to hash, so they are rare.
            let method = if random.once_in(40) { 3 } else { random.below(3) };
            let who = who(random.one_of(&[Held::Login, Held::SteppedUp, Held::SteppedUp]));
            let replaces = random.once_in(5).then(|| Pick::Nth(random.below(8)));
            to.push(Action::Enrol { who, method, details: random.below(3), replaces });
            for _ in 0..random.below(2) {
                to.push(single(random));
            }
            let code = random.one_of(&[Code::Right, Code::Right, Code::Right, Code::Step(1)]);
            to.push(Action::Confirm { who, enrolment: own, code });
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
            let method = random.below(3);
            to.push(Action::Enrol { who, method, details: 0, replaces: None });
            for _ in 0..random.below(8) {
                to.push(Action::Confirm { who, enrolment: own, code: Code::Wrong });
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
        51 if random.once_in(2) => {
            ceremony(random, seat, Held::Login, to);
            to.push(Action::Outage { is_down: true });
            to.push(Action::Prompt { who: who(token), ceremony: own, factor: Pick::Nth(seat) });
            let who = who(Held::SteppedUp);
            for details in 0..3 {
                to.push(Action::Enrol { who, method: 1 + seat % 2, details, replaces: None });
            }
            to.push(Action::Outage { is_down: false });
        }
        _ => to.push(single(random)),
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
        code: random.one_of(&[Code::Right, Code::Right, Code::Right, Code::Step(1)]),
        at_token_endpoint: random.once_in(4),
    };
    to.push(prove);
    if random.once_in(3) {
        to.push(Action::Ask { who, ceremony: own });
        to.push(Action::Exchange { who, ceremony: own });
    }
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
    let code = match random.below(16) {
        0..5 => Code::Right,
        5 => Code::Step(-1),
        6 => Code::Step(1),
        7 => Code::Step(if n.is_multiple_of(2) { -2 } else { 2 }),
        8 | 9 => Code::Used,
        10 => Code::Old,
        11 => Code::OfOther,
        12 => Code::OfOtherCeremony,
        13 | 14 => Code::Wrong,
        _ => Code::Malformed(n),
    };
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
            Action::Enrol { who, method: random.below(3), details: n % 5, replaces }
        }
        27 if random.once_in(8) => Action::Enrol { who, method: 4, details: n % 5, replaces: None },
        28 if random.once_in(3) => Action::Remove { who, factor },
        29 => Action::List { who },
        _ => Action::Call { who, route: random.below(4) },
    }
}
