//! Ways to prove that it is the user.

mod answer;
mod code;
mod email;
mod outgoing;
mod proof;
mod recovery;
mod sent_code;
mod strength;
mod text;
mod totp;
mod trial;
mod vault;

use std::fmt;
use std::pin::Pin;

use serde_json::{Map, Value};
use stepup_core::Timestamp;

pub use self::answer::Answer;
pub use self::code::OneTimeCode;
#[cfg(feature = "smtp")]
pub use self::email::SmtpMailer;
pub use self::email::{EmailCode, Mail, Mailer};
pub use self::outgoing::{DeliveryError, Destination, Outgoing};
pub(crate) use self::proof::Once;
pub use self::proof::{Checked, Proof};
pub use self::recovery::RecoveryCodes;
pub(crate) use self::strength::Reached;
pub use self::strength::{Kind, Strength};
#[cfg(feature = "text")]
pub use self::text::TwilioSender;
pub use self::text::{Text, TextCode, TextSender};
pub use self::totp::Totp;
pub use self::vault::Vault;

/// What a factor's slower operations return.
pub type FactorFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One way to prove presence. [`Totp`], [`EmailCode`], [`TextCode`] and [`RecoveryCodes`] are built
/// in; a service can add its own.
///
/// A factor says what it needs to keep and whether an answer is right. It counts nothing, and
/// decides nothing about levels: guesses are counted before an answer reaches
/// [`check`](Self::check), what a factor keeps is sealed before it reaches the store, and what a
/// proof is worth follows from its [`Strength`] and the login that it is added to.
///
/// ```
/// use serde_json::{Map, Value};
/// use stepup_authority::factor::{
///     Check, Checked, Enrolled, Factor, FactorFuture, Kind, NotEnrolled, Proof, Strength, User,
/// };
/// use stepup_core::{Level, Method};
///
/// /// A word that the user was told at the counter.
/// #[derive(Debug)]
/// struct CounterWord;
///
/// impl Factor for CounterWord {
///     fn method(&self) -> &str {
///         "counter-word"
///     }
///
///     fn strength(&self) -> Strength {
///         Strength::new(Kind::Knowledge, [Method::KBA], Level::SINGLE_FACTOR)
///     }
///
///     fn enrol<'a>(
///         &'a self,
///         _: User<'a>,
///         details: &'a Map<String, Value>,
///     ) -> FactorFuture<'a, Result<Enrolled, NotEnrolled>> {
///         Box::pin(async move {
///             let word = details.get("word").and_then(Value::as_str);
///             let word = word.ok_or(NotEnrolled::Unfit("give a `word`"))?;
///             Ok(Enrolled::new(word.as_bytes().to_vec()))
///         })
///     }
///
///     fn check<'a>(&'a self, check: Check<'a>) -> FactorFuture<'a, Checked> {
///         let right = check.answer.code().is_some_and(|word| word.as_bytes() == check.data);
///         Box::pin(async move {
///             if right { Checked::Right(Proof::of_ceremony()) } else { Checked::Wrong }
///         })
///     }
/// }
/// ```
pub trait Factor: fmt::Debug + Send + Sync + 'static {
    /// The name that it has on the wire: `totp`, `email`, … An authority has one factor of a name.
    fn method(&self) -> &str;

    /// What it proves.
    fn strength(&self) -> Strength;

    /// Whether its codes are short enough to be guessed (less than 64 bits). All guessable factors
    /// of a user share a budget of wrong answers; one that cannot be guessed has its own, so that
    /// it is a way in while others are locked.
    fn is_guessable(&self) -> bool {
        true
    }

    /// Whether a user has at most one, a new one taking the place of the old.
    fn is_single(&self) -> bool {
        false
    }

    /// Begins an enrolment with the details that the client sent. It has five seconds.
    ///
    /// # Errors
    ///
    /// What is wrong with the details, which must not depend on what other users have; or nothing
    /// can be enrolled at present.
    fn enrol<'a>(
        &'a self,
        user: User<'a>,
        details: &'a Map<String, Value>,
    ) -> FactorFuture<'a, Result<Enrolled, NotEnrolled>>;

    /// What the user is told before they answer, and what is sent to them. Nothing unless
    /// overridden.
    ///
    /// # Errors
    ///
    /// No random numbers, or data that it cannot read.
    fn prompt(&self, data: &[u8], vault: &Vault<'_>) -> Result<Prompt, Unreadable> {
        let _ = (data, vault);
        Ok(Prompt::default())
    }

    /// Whether an answer needs a prompt before it, because something has to be sent. `false`
    /// unless overridden.
    fn needs_prompt(&self) -> bool {
        false
    }

    /// Sends what a prompt wants sent, once; what it returns is kept for the check, in place of
    /// what the prompt kept. It has five seconds.
    ///
    /// # Errors
    ///
    /// It was not sent, as far as can be known.
    fn deliver<'a>(
        &'a self,
        outgoing: &'a Outgoing,
    ) -> FactorFuture<'a, Result<Option<Vec<u8>>, DeliveryError>> {
        let _ = outgoing;
        Box::pin(std::future::ready(Ok(None)))
    }

    /// Whether an answer is right. It has five seconds. The guess is counted already.
    fn check<'a>(&'a self, check: Check<'a>) -> FactorFuture<'a, Checked>;
}

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
    pub(crate) data: Vec<u8>,
    pub(crate) hint: String,
    pub(crate) show: Map<String, Value>,
    pub(crate) is_proved: bool,
}

impl Enrolled {
    /// With what the factor wants to find again when it checks an answer. It is sealed.
    #[must_use]
    pub fn new(data: Vec<u8>) -> Self {
        Self { data, hint: String::new(), show: Map::new(), is_proved: false }
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

/// What a factor asks of the user.
///
/// ```
/// use stepup_authority::factor::Prompt;
/// let prompt = Prompt::default().showing("digits", 6);
/// ```
#[derive(Default)]
pub struct Prompt {
    pub(crate) kept: Vec<u8>,
    pub(crate) show: Map<String, Value>,
    pub(crate) outgoing: Option<Outgoing>,
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
        Self { kept, ..self }
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

/// An answer to check, and against what.
#[non_exhaustive]
pub struct Check<'a> {
    /// What the factor gave to keep when it was enrolled.
    pub data: &'a [u8],
    /// What its last prompt in this ceremony kept, if there was one.
    pub kept: Option<&'a [u8]>,
    /// What the user answered.
    pub answer: Answer<'a>,
    /// The present moment.
    pub now: Timestamp,
    /// When the store may have lost writes, if ever: what was used before then may look unused.
    pub writes_lost_at: Option<Timestamp>,
    /// For comparing with what a prompt of this ceremony kept.
    pub vault: Vault<'a>,
}

/// Nothing of what it holds.
impl fmt::Debug for Check<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check").field("now", &self.now).finish_non_exhaustive()
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
