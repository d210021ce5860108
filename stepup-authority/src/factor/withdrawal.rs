//! What is not to be answered any more.

use std::fmt;

use stepup_core::Timestamp;

use super::User;

/// A prompt that nobody is to answer any more: the ceremony is over, or has asked anew.
///
/// ```
/// use stepup_authority::factor::Withdrawal;
///
/// /// What a provider of pushes is told to take off the user's telephone.
/// fn transaction<'a>(withdrawal: &Withdrawal<'a>) -> Option<&'a str> {
///     std::str::from_utf8(withdrawal.kept).ok()
/// }
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Withdrawal<'a> {
    /// What the factor gave to keep when it was enrolled.
    pub data: &'a [u8],
    /// Who was asked.
    pub user: User<'a>,
    /// What the prompt kept, or its delivery in place of that.
    pub kept: &'a [u8],
    /// The factor has asked anew in the same ceremony, which goes on.
    pub is_asked_anew: bool,
    /// The present moment.
    pub now: Timestamp,
}

/// Nothing of what it holds.
impl fmt::Debug for Withdrawal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Withdrawal")
            .field("is_asked_anew", &self.is_asked_anew)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}
