//! An answer on its way to be checked.

use std::fmt;

use stepup_core::Timestamp;

use super::{Answer, Purpose, User, Vault};

/// An answer to check, and against what.
///
/// ```
/// use stepup_authority::factor::{Check, Checked, Proof};
///
/// fn checked(check: &Check<'_>) -> Checked {
///     match check.answer.code() {
///         None => Checked::Malformed,
///         Some(code) if check.kept.is_some_and(|kept| check.vault.matches(code, kept)) => {
///             Checked::Right(Proof::of_ceremony())
///         }
///         Some(_) => Checked::Wrong,
///     }
/// }
/// ```
#[non_exhaustive]
pub struct Check<'a> {
    /// What the factor gave to keep when it was enrolled, or is about to be.
    pub data: &'a [u8],
    /// Who answers.
    pub user: User<'a>,
    /// What a right answer leads to.
    pub purpose: Purpose,
    /// What its last prompt in this ceremony kept, if there was one.
    pub kept: Option<&'a [u8]>,
    /// What the user answered.
    pub answer: Answer<'a>,
    /// The present moment.
    pub now: Timestamp,
    /// When the store may have lost writes, if ever: what was used before then may look unused.
    pub writes_lost_at: Option<Timestamp>,
    /// For comparing with what a prompt of this ceremony kept.
    pub vault: Vault<'a>,
}

/// Nothing of what it holds.
impl fmt::Debug for Check<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check").field("now", &self.now).finish_non_exhaustive()
    }
}
