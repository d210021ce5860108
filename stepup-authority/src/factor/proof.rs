//! A finished proof.

use stepup_core::Timestamp;

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
#[derive(Debug)]
#[must_use]
pub struct Proof(Once);

/// What a right answer uses up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Once {
    Ceremony,
    Entry(u32),
    Step(u64),
}

impl Proof {
    /// The answer was to something that only this ceremony asked; it ends with the ceremony.
    ///
    /// ```
    /// use stepup_authority::factor::{Checked, Proof};
    /// let checked = Checked::Right(Proof::of_ceremony());
    /// ```
    pub const fn of_ceremony() -> Self {
        Self(Once::Ceremony)
    }

    /// The answer belongs to this step of time: it and all before it are used up (RFC 6238 §5.2).
    ///
    /// ```
    /// use stepup_authority::factor::{Checked, Proof};
    /// let checked = Checked::Right(Proof::of_step(1_800_000_000 / 30));
    /// ```
    pub const fn of_step(step: u64) -> Self {
        Self(Once::Step(step))
    }

    /// The answer is this entry of a list that the user has.
    ///
    /// ```
    /// use stepup_authority::factor::{Checked, Proof};
    /// let checked = Checked::Right(Proof::of_entry(3));
    /// ```
    pub const fn of_entry(entry: u32) -> Self {
        Self(Once::Entry(entry))
    }

    pub(crate) const fn uses_up(self) -> Once {
        self.0
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
    /// It cannot be an answer at all: a code of another form, or none. It counts as a wrong one.
    Malformed,
    /// The user has not answered yet, on their other device: ask again later. It does not count.
    Pending,
    /// It is right.
    Right(Proof),
    /// Whoever could tell cannot be reached; try again after this moment. It does not count.
    Unavailable(Timestamp),
    /// It is wrong.
    Wrong,
}
