//! What comes of an enrolment.

use std::fmt;

use serde_json::{Map, Value};
use zeroize::Zeroizing;

/// Whose factor it is.
///
/// ```
/// use stepup_authority::factor::User;
/// fn label(user: User<'_>) -> String {
///     format!("{} at {}", user.subject, user.issuer)
/// }
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct User<'a> {
    /// The authority's `iss`.
    pub issuer: &'a str,
    /// Their `sub` in the authority's tokens.
    pub subject: &'a str,
    /// What the factor gave to keep of those that they have: all of its method, while another is
    /// enrolled, its answer's check included; otherwise those that may answer, the one that was asked for first.
    pub enrolled: &'a [&'a [u8]],
}

/// Nothing of what is kept.
impl fmt::Debug for User<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("issuer", &self.issuer)
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
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
    pub(crate) is_by_answer: bool,
    pub(crate) grade: String,
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
        Self {
            data: Zeroizing::new(data),
            hint: String::new(),
            show: Map::new(),
            is_proved: false,
            is_by_answer: false,
            grade: String::new(),
        }
    }

    /// What is kept for good comes with the user's answer
    /// ([`Proof::enrolling`](super::Proof::enrolling)); this is what the prompt begins with. So the
    /// service cannot enrol it for the user.
    ///
    /// ```
    /// # use stepup_authority::factor::Enrolled;
    /// let enrolled = Enrolled::by_answer(b"label".to_vec());
    /// ```
    #[must_use]
    pub fn by_answer(data: Vec<u8>) -> Self {
        Self { is_by_answer: true, ..Self::new(data) }
    }

    /// Which of the factor's sorts it is, by a name of the factor's own: what that proves is
    /// [`Factor::strength_of`](super::Factor::strength_of). It is kept in clear, and sealed together
    /// with the data.
    ///
    /// ```
    /// # use stepup_authority::factor::Enrolled;
    /// let enrolled = Enrolled::new(Vec::new()).graded("attested");
    /// ```
    #[must_use]
    pub fn graded(self, grade: impl Into<String>) -> Self {
        Self { grade: grade.into(), ..self }
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
    /// Nor before this many seconds have gone by: there was too much already.
    Wait(u64),
    /// The details do not fit: what is wrong with them, in a sentence for the client that repeats
    /// nothing of what it sent.
    Unfit(&'static str),
}

impl fmt::Display for NotEnrolled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unavailable | Self::Wait(_) => "nothing can be enrolled at present",
            Self::Unfit(sentence) => sentence,
        })
    }
}

impl std::error::Error for NotEnrolled {}
