//! What a user has no more.

use std::fmt;

use stepup_core::Timestamp;

use super::User;

/// A factor that was removed, or another took its place.
///
/// ```
/// use stepup_authority::factor::Removal;
///
/// /// What a provider is told to delete.
/// fn at_the_provider<'a>(removal: &Removal<'a>) -> Option<&'a str> {
///     std::str::from_utf8(removal.data).ok()
/// }
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Removal<'a> {
    /// What the factor gave to keep when it was enrolled.
    pub data: &'a [u8],
    /// Whose it was; of what they have beside, this says nothing.
    pub user: User<'a>,
    /// The present moment.
    pub now: Timestamp,
}

/// Nothing of what it holds.
impl fmt::Debug for Removal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Removal").field("now", &self.now).finish_non_exhaustive()
    }
}
