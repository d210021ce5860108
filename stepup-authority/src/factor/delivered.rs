//! What comes of a delivery.

use std::fmt;

use serde_json::{Map, Value};
use zeroize::Zeroizing;

/// What was learned when something was sent: what to keep for the check, and what else to show.
///
/// ```
/// use stepup_authority::factor::Delivered;
/// let sent = Delivered::default();
/// let asked_elsewhere = Delivered::default().keeping(b"transaction 7".to_vec());
/// ```
#[derive(Default)]
pub struct Delivered {
    pub(crate) kept: Option<Zeroizing<Vec<u8>>>,
    pub(crate) show: Map<String, Value>,
}

impl Delivered {
    /// What the factor wants to find again when it checks the answer, in place of what the prompt
    /// kept. It is sealed.
    ///
    /// ```
    /// # use stepup_authority::factor::Delivered;
    /// let delivered = Delivered::default().keeping(b"transaction 7".to_vec());
    /// ```
    #[must_use]
    pub fn keeping(self, kept: Vec<u8>) -> Self {
        Self { kept: Some(Zeroizing::new(kept)), ..self }
    }

    /// What the client is told beside what the prompt shows.
    ///
    /// ```
    /// # use stepup_authority::factor::Delivered;
    /// let delivered = Delivered::default().showing("number", 72);
    /// ```
    #[must_use]
    pub fn showing(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.show.insert(name.to_owned(), value.into());
        self
    }
}

/// Nothing of what it holds.
impl fmt::Debug for Delivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivered").finish_non_exhaustive()
    }
}
