//! What keeps an authority from starting.

use std::borrow::Cow;
use std::fmt;

use crate::store::StoreError;

/// Why an authority does not start: what is wrong, where, and what to do.
///
/// ```
/// let error = stepup_authority::SealingKeys::from_base64("secret").unwrap_err();
/// assert!(error.to_string().starts_with("the sealing key is not the base64 of 32 random bytes"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartError(Cow<'static, str>);

impl StartError {
    pub(crate) fn new(what: impl Into<Cow<'static, str>>) -> Self {
        Self(what.into())
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StartError {}

impl From<StoreError> for StartError {
    fn from(error: StoreError) -> Self {
        Self::new(error.to_string())
    }
}
