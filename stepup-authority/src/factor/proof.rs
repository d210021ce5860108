//! A finished proof.

use std::fmt;

use serde_json::{Map, Value};
use stepup_core::Timestamp;

use super::Enrolled;

/// That an answer was right. Only a factor has reason to make one, and it is used up by the
/// ceremony that it finishes.
///
/// It says how an answer is kept from being right twice.
///
/// ```
/// use stepup_authority::factor::Proof;
/// let by_a_code_of_this_ceremony = Proof::of_ceremony();
/// let by_a_code_of_this_half_minute = Proof::of_step(57_000_000);
/// let by_the_third_code_of_the_list = Proof::of_entry(2);
/// ```
#[must_use]
pub struct Proof {
    pub(crate) once: Once,
    /// Which of the user's own that may answer.
    pub(crate) by: usize,
    pub(crate) enrolled: Option<Box<Enrolled>>,
    /// In place of that of what is enrolled.
    pub(crate) grade: Option<String>,
    /// When the user proved it, where that is not now.
    pub(crate) at: Option<Timestamp>,
}

/// What a right answer uses up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Once {
    Ceremony,
    Count(u64),
    Entry(u32),
    Step(u64),
    /// One of these, the first and the last of them.
    Steps(u64, u64),
}

impl Proof {
    /// The answer was to something that only this ceremony asked; it ends with the ceremony.
    ///
    /// ```
    /// use stepup_authority::factor::{Checked, Proof};
    /// let checked = Checked::Right(Proof::of_ceremony());
    /// ```
    pub const fn of_ceremony() -> Self {
        Self::using_up(Once::Ceremony)
    }

    /// The answer belongs to this step of time: it and all before it are used up (RFC 6238 §5.2).
    ///
    /// ```
    /// use stepup_authority::factor::{Checked, Proof};
    /// let checked = Checked::Right(Proof::of_step(1_800_000_000 / 30));
    /// ```
    pub const fn of_step(step: u64) -> Self {
        Self::using_up(Once::Step(step))
    }

    /// The answer belongs to one of these steps of time, and which is not known: it is right if
    /// none of them is used up, and then all are.
    ///
    /// ```
    /// use stepup_authority::factor::{Checked, Proof};
    /// let now = 1_800_000_000 / 30;
    /// let checked = Checked::Right(Proof::of_steps(now - 1, now + 1));
    /// ```
    pub const fn of_steps(first: u64, last: u64) -> Self {
        Self::using_up(Once::Steps(first, last))
    }

    /// The answer is this entry of a list that the user has.
    ///
    /// ```
    /// use stepup_authority::factor::{Checked, Proof};
    /// let checked = Checked::Right(Proof::of_entry(3));
    /// ```
    pub const fn of_entry(entry: u32) -> Self {
        Self::using_up(Once::Entry(entry))
    }

    /// The answer came with this count of all that the user's key has signed, which grows. A count
    /// that does not is a copy's, and the answer is refused; keys that do not count always say 0
    /// (WebAuthn Level 3 §6.1.1).
    ///
    /// ```
    /// use stepup_authority::factor::{Checked, Proof};
    /// let checked = Checked::Right(Proof::of_count(17));
    /// ```
    pub const fn of_count(count: u64) -> Self {
        Self::using_up(Once::Count(count))
    }

    const fn using_up(once: Once) -> Self {
        Self { once, by: 0, enrolled: None, grade: None, at: None }
    }

    /// It is this one of [`User::enrolled`](super::User::enrolled) that answered, where they
    /// [answer as one](super::Factor::answers_as_one); the first unless said.
    ///
    /// ```
    /// use stepup_authority::factor::{Checked, Proof};
    /// let checked = Checked::Right(Proof::of_ceremony().by(1));
    /// ```
    pub fn by(self, enrolled: usize) -> Self {
        Self { by: enrolled, ..self }
    }

    /// It proves what one of this grade does ([`Factor::strength_of`](super::Factor::strength_of)),
    /// whatever that which was enrolled is of: where each answer says how strong it is. What comes
    /// to less than is wanted proves nothing, and the client is told so.
    ///
    /// ```
    /// use stepup_authority::factor::{Checked, Proof};
    /// let checked = Checked::Right(Proof::of_ceremony().graded("mfa"));
    /// ```
    pub fn graded(self, grade: impl Into<String>) -> Self {
        Self { grade: Some(grade.into()), ..self }
    }

    /// The user proved it then, and the answer was collected now: on another device, or at a
    /// provider. The token says when, and lives from then on; what is older than a ceremony's
    /// `max_age` has to be asked anew. Now unless said; what is to come counts as now.
    ///
    /// ```
    /// use stepup_authority::factor::{Checked, Proof};
    /// use stepup_core::Timestamp;
    /// let approved_at = Timestamp::from_secs(1_800_000_000);
    /// let checked = Checked::Right(Proof::of_ceremony().at(approved_at));
    /// ```
    pub fn at(self, proved_at: Timestamp) -> Self {
        Self { at: Some(proved_at), ..self }
    }

    /// To keep, in place of what the enrolment began with: a public key, say, that came with the
    /// answer. In a step-up nothing comes of it.
    ///
    /// ```
    /// use stepup_authority::factor::{Checked, Enrolled, Proof};
    /// let enrolled = Enrolled::new(b"public key".to_vec()).with_hint("blue key");
    /// let checked = Checked::Right(Proof::of_count(0).enrolling(enrolled));
    /// ```
    pub fn enrolling(self, enrolled: Enrolled) -> Self {
        Self { enrolled: Some(Box::new(enrolled)), ..self }
    }
}

/// Nothing of what is kept.
impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proof").field("once", &self.once).finish_non_exhaustive()
    }
}

/// What came of checking an answer.
///
/// ```
/// use stepup_authority::factor::{Checked, Proof};
/// let checked = Checked::Right(Proof::of_ceremony());
/// ```
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub enum Checked {
    /// The user refuses, on their own device: the ceremony ends.
    Denied,
    /// What was asked can no longer be answered: have it asked anew. It does not count.
    Expired,
    /// The user does not have it any more where it is kept: it has to be enrolled anew. It does
    /// not count.
    Gone,
    /// Where it is kept it hears no answer of this user's before this moment. It does not count.
    Locked(Timestamp),
    /// As [`Unavailable`](Self::Unavailable), and it may have been looked at and counted where it
    /// is kept: it counts here as a wrong one.
    Lost(Timestamp),
    /// It cannot be an answer at all: a code of another form, or none. It counts as a wrong one.
    Malformed,
    /// The user has not answered yet, on their other device: ask again later. It does not count.
    Pending,
    /// It is right.
    Right(Proof),
    /// As [`Pending`](Self::Pending), and there is something new to show.
    Showing(Map<String, Value>),
    /// It is right, and worth less than anything that is taken: the user may be able to prove more
    /// where they do. It does not count.
    TooWeak,
    /// Whoever could tell cannot be reached; try again after this moment. It does not count.
    Unavailable(Timestamp),
    /// It is wrong.
    Wrong,
}
