//! Ways to prove that it is the user.

mod answer;
mod check;
mod code;
mod email;
mod enrolled;
mod outgoing;
mod prompt;
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

pub use self::answer::Answer;
pub use self::check::Check;
pub use self::code::OneTimeCode;
#[cfg(feature = "smtp")]
pub use self::email::SmtpMailer;
pub use self::email::{EmailCode, Mail, Mailer};
pub use self::enrolled::{Enrolled, NotEnrolled, User};
pub use self::outgoing::{DeliveryError, Destination, Outgoing};
pub use self::prompt::{Prompt, Unreadable};
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
///
/// ```
/// use stepup_authority::factor::FactorFuture;
/// fn at_once(answer: bool) -> FactorFuture<'static, bool> {
///     Box::pin(std::future::ready(answer))
/// }
/// ```
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
///         let right = check.answer.code().is_some_and(|word| {
///             // In constant time: how much of it is right shows in nothing.
///             subtle::ConstantTimeEq::ct_eq(word.as_bytes(), check.data).into()
///         });
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
