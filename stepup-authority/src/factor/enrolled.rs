//! What comes of an enrolment.

use std::fmt;

use serde_json::{Map, Value};
use zeroize::Zeroizing;

/// Who enrols.
///
/// ```
/// use stepup_authority::factor::User;
/// fn label(user: User<'_>) -> String {
///     format!("{} at {}", user.subject, user.issuer)
/// }
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct User<'a> {
    /// The authority's `iss`.
    pub issuer: &'a str,
    /// Their `sub` in the authority's tokens.
    pub subject: &'a str,
}

/// A factor that was enrolled, or will be once the user answers.
///
/// ```
/// use stepup_authority::factor::Enrolled;
/// let enrolled = Enrolled::new(b"seed".to_vec()).with_hint("…42");
/// ```
pub struct Enrolled {
    pub(crate) data: Zeroizing<Vec<u8>>,
    pub(crate) hint: String,
    pub(crate) show: Map<String, Value>,
    pub(crate) is_proved: bool,
}

impl Enrolled {
    /// With what the factor wants to find again when it checks an answer. It is sealed.
    ///
    /// ```
    /// use stepup_authority::factor::Enrolled;
    /// let enrolled = Enrolled::new(b"alice@example.com".to_vec());
    /// ```
    #[must_use]
    pub fn new(data: Vec<u8>) -> Self {
        Self { data: Zeroizing::new(data), hint: String::new(), show: Map::new(), is_proved: false }
    }

    /// By what the user knows it: `j…@example.com`, `…42`. Shown to who has their login.
    ///
    /// ```
    /// # use stepup_authority::factor::Enrolled;
    /// let enrolled = Enrolled::new(Vec::new()).with_hint("…42");
    /// ```
    #[must_use]
    pub fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }

    /// What the client is given, once: a secret to scan, codes to print.
    ///
    /// ```
    /// # use stepup_authority::factor::Enrolled;
    /// let enrolled = Enrolled::new(Vec::new()).showing("secret", "JBSWY3DPEHPK3PXP");
    /// ```
    #[must_use]
    pub fn showing(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.show.insert(name.to_owned(), value.into());
        self
    }

    /// There is nothing that the user could answer to show that they have it. Without this the
    /// enrolment waits for a right answer.
    ///
    /// ```
    /// # use stepup_authority::factor::Enrolled;
    /// let enrolled = Enrolled::new(Vec::new()).without_proof();
    /// ```
    #[must_use]
    pub fn without_proof(self) -> Self {
        Self { is_proved: true, ..self }
    }
}

/// Nothing of what it holds.
impl fmt::Debug for Enrolled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enrolled").finish_non_exhaustive()
    }
}

/// Why nothing is enrolled.
///
/// ```
/// use stepup_authority::factor::NotEnrolled;
/// let error = NotEnrolled::Unfit("give the address as `email`");
/// assert_eq!(error.to_string(), "give the address as `email`");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotEnrolled {
    /// It is no fault of the client's: try again later.
    Unavailable,
    /// The details do not fit: what is wrong with them, in a sentence for the client that repeats
    /// nothing of what it sent.
    Unfit(&'static str),
}

impl fmt::Display for NotEnrolled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unavailable => "nothing can be enrolled at present",
            Self::Unfit(sentence) => sentence,
        })
    }
}

impl std::error::Error for NotEnrolled {}
