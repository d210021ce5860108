//! What cannot be read.

use std::fmt;

/// A challenge that cannot be read, so that nothing is done about it. It repeats nothing of what
/// was sent.
///
/// ```
/// use stepup_client::{Dialects, read_challenges};
///
/// let error = read_challenges("Bearer a=1, a=2", Dialects::default()).unwrap_err();
/// assert_eq!(error.to_string(), "malformed challenge: a parameter stands twice");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MalformedChallenge(Why);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Why {
    Grammar(stepup_core::MalformedChallenge),
    Meaning(&'static str),
}

impl MalformedChallenge {
    pub(super) const fn of(why: &'static str) -> Self {
        Self(Why::Meaning(why))
    }
}

impl From<stepup_core::MalformedChallenge> for MalformedChallenge {
    fn from(error: stepup_core::MalformedChallenge) -> Self {
        Self(Why::Grammar(error))
    }
}

impl fmt::Display for MalformedChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Why::Grammar(error) => error.fmt(f),
            Why::Meaning(why) => write!(f, "malformed challenge: {why}"),
        }
    }
}

impl std::error::Error for MalformedChallenge {}
