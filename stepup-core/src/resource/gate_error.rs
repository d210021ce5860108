//! Why a gate cannot be built.

use std::borrow::Cow;
use std::fmt;

/// Why a gate cannot be built: what is wrong, and what to do. A start-up error.
///
/// ```
/// let error = stepup_core::Gate::builder("", "https://api.example").build().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "the gate's issuer is empty: give the `iss` that the tokens carry",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateError(Cow<'static, str>);

impl GateError {
    pub(super) fn new(text: impl Into<Cow<'static, str>>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for GateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for GateError {}
