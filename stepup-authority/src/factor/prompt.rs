//! What a factor asks.

use std::fmt;

use serde_json::{Map, Value};
use stepup_core::Timestamp;
use zeroize::Zeroizing;

use super::Outgoing;

/// What a factor asks of the user.
///
/// ```
/// use stepup_authority::factor::Prompt;
/// let prompt = Prompt::default().showing("digits", 6);
/// ```
#[derive(Default)]
pub struct Prompt {
    pub(crate) kept: Zeroizing<Vec<u8>>,
    pub(crate) show: Map<String, Value>,
    pub(crate) outgoing: Option<Outgoing>,
    pub(crate) is_gone: bool,
}

impl Prompt {
    /// What the factor wants to find again when it checks the answer. It is sealed, and gone with
    /// the ceremony.
    ///
    /// ```
    /// # use stepup_authority::factor::Prompt;
    /// let prompt = Prompt::default().keeping(b"challenge".to_vec());
    /// ```
    #[must_use]
    pub fn keeping(self, kept: Vec<u8>) -> Self {
        Self { kept: Zeroizing::new(kept), ..self }
    }

    /// What the client is told.
    ///
    /// ```
    /// # use stepup_authority::factor::Prompt;
    /// let prompt = Prompt::default().showing("digits", 6);
    /// ```
    #[must_use]
    pub fn showing(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.show.insert(name.to_owned(), value.into());
        self
    }

    /// Nothing is asked, because the user does not have it any more where it is kept: it has to be
    /// enrolled anew.
    ///
    /// ```
    /// # use stepup_authority::factor::Prompt;
    /// let prompt = Prompt::gone();
    /// ```
    #[must_use]
    pub fn gone() -> Self {
        Self { is_gone: true, ..Self::default() }
    }

    /// In a ceremony that is over then.
    pub(crate) fn until(self, until: Timestamp) -> Self {
        let outgoing = self.outgoing.map(|outgoing| outgoing.for_ceremony(until));
        Self { outgoing, ..self }
    }

    pub(crate) fn message(&self) -> Option<&Outgoing> {
        self.outgoing.as_ref().filter(|outgoing| outgoing.is_message)
    }

    /// What is to be sent, once the prompt is recorded.
    ///
    /// ```
    /// # use stepup_authority::factor::{Destination, Outgoing, Prompt};
    /// let prompt = Prompt::default()
    ///     .sending(Outgoing::new(Destination::new("alice@example.com"), "123456"));
    /// ```
    #[must_use]
    pub fn sending(self, outgoing: Outgoing) -> Self {
        Self { outgoing: Some(outgoing), ..self }
    }
}

/// Nothing of what it holds.
impl fmt::Debug for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prompt").finish_non_exhaustive()
    }
}

/// What a factor kept cannot be read by it, or it cannot make a prompt.
///
/// ```
/// assert_eq!(
///     stepup_authority::factor::Unreadable.to_string(),
///     "a factor cannot read what it kept",
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "so that it can be written as a value")]
pub struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a factor cannot read what it kept")
    }
}

impl std::error::Error for Unreadable {}
