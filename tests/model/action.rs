//! What a walk does: steps that say whom and what by place, not by name, so that any of them can
//! be left out and the rest still means something.

use crate::elsewhere::Said;

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
    Device { seat: usize, phone: usize, says: Says },
    AtOkta { said: Said },
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
    /// The first of this method.
    OfMethod(&'static str),
    /// The first key that its maker vouches for.
    Vouched,
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

/// What the user of a device says to what it is asked.
#[derive(Clone, Copy, Debug)]
pub enum Says {
    /// Nothing.
    Look,
    Approve,
    Mistype,
    Deny,
    /// Yes, to what it showed last, whatever became of that.
    Again,
    /// Yes, on the other user's device.
    ByOther,
}
