//! What a factor is asked for, and on whose behalf.

use std::fmt;

use stepup_core::Timestamp;

use super::{User, Vault};

/// What a right answer leads to.
///
/// ```
/// use stepup_authority::factor::{Ask, Purpose};
/// fn is_registration(ask: &Ask<'_>) -> bool {
///     ask.purpose == Purpose::Enrolment
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "complete: a factor is enrolled or used")]
pub enum Purpose {
    /// The factor is the user's from then on.
    Enrolment,
    /// A stepped-up token.
    StepUp,
}

/// What a factor is to ask the user for.
///
/// ```
/// use stepup_authority::factor::{Ask, Prompt};
///
/// fn prompt(ask: &Ask<'_>) -> Prompt {
///     Prompt::default().showing("asked_by", ask.by.client_id)
/// }
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Ask<'a> {
    /// What the factor gave to keep when it was enrolled, or is about to be.
    pub data: &'a [u8],
    /// Whom.
    pub user: User<'a>,
    /// What for.
    pub purpose: Purpose,
    /// Levels of which any will do, as `acr` values; none: whatever is reached.
    pub levels: &'a [String],
    /// From which client.
    pub by: AskedBy<'a>,
    /// The present moment.
    pub now: Timestamp,
    /// For keeping what the answer is compared with.
    pub vault: Vault<'a>,
    pub(crate) denial: &'a str,
}

impl Ask<'_> {
    /// What ends this ceremony when the user says no on their own device: keep it, and give it to
    /// [`Served::denying`](super::Served::denying). It is sealed and good for nothing else.
    ///
    /// ```
    /// use stepup_authority::factor::{Ask, Prompt};
    /// fn prompt(ask: &Ask<'_>) -> Prompt {
    ///     Prompt::default().keeping(ask.denial().as_bytes().to_vec())
    /// }
    /// ```
    #[must_use]
    pub const fn denial(&self) -> &str {
        self.denial
    }
}

/// Nothing of what it holds.
impl fmt::Debug for Ask<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ask")
            .field("purpose", &self.purpose)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

/// Where a ceremony is asked for from, as far as is known: to be shown to the user on another
/// device. The browser is what the client says that it is.
///
/// ```
/// use stepup_authority::factor::AskedBy;
/// fn sentence(by: AskedBy<'_>) -> String {
///     format!("{} at {}", by.client_id.unwrap_or("?"), by.address.unwrap_or("?"))
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AskedBy<'a> {
    /// The `client_id` of the login's token.
    pub client_id: Option<&'a str>,
    /// The browser, as its `User-Agent` has it: visible ASCII, 256 characters at most.
    pub browser: Option<&'a str>,
    /// The network address or the place, where the service says it with
    /// [`address`](crate::AuthorityBuilder::address).
    pub address: Option<&'a str>,
}
