//! Ways to prove that it is the user.

mod answer;
mod ask;
mod check;
mod code;
mod delivered;
mod email;
mod enrolled;
mod guess_pool;
mod outgoing;
mod prompt;
mod proof;
#[cfg(any(
    feature = "auth0",
    feature = "firebase",
    feature = "oidc",
    feature = "okta",
    feature = "twilio"
))]
mod provider;
pub(crate) mod push;
mod recovery;
mod removal;
mod sent_code;
mod served;
mod strength;
mod text;
mod totp;
mod trial;
mod vault;
#[cfg(feature = "webauthn")]
mod webauthn;
mod withdrawal;

use std::fmt;
use std::pin::Pin;

use bytes::Bytes;
use http::Request;
use serde_json::{Map, Value};

pub use self::answer::Answer;
pub use self::ask::{Ask, AskedBy, Purpose};
pub use self::check::Check;
pub use self::code::OneTimeCode;
pub use self::delivered::Delivered;
#[cfg(feature = "smtp")]
pub use self::email::SmtpMailer;
pub use self::email::{EmailCode, Mail, Mailer};
pub use self::enrolled::{Enrolled, NotEnrolled, User};
pub use self::guess_pool::GuessPool;
pub use self::outgoing::{DeliveryError, Destination, Outgoing};
pub use self::prompt::{Prompt, Unreadable};
pub(crate) use self::proof::Once;
pub use self::proof::{Checked, Proof};
#[cfg(feature = "auth0")]
pub use self::provider::auth0::{Auth0Mfa, Auth0Tenant};
#[cfg(feature = "firebase")]
pub use self::provider::firebase::FirebaseFactor;
#[cfg(feature = "oidc")]
pub use self::provider::oidc::{OidcClient, OidcFactor};
#[cfg(feature = "okta")]
pub use self::provider::okta::{Okta, OktaCode, OktaPush};
#[cfg(feature = "twilio")]
pub use self::provider::twilio::{TwilioCode, TwilioPush, TwilioTotp, TwilioVerify};
#[cfg(feature = "push")]
pub use self::push::PushWebhook;
pub use self::push::{Push, Wake, Waker};
pub use self::recovery::RecoveryCodes;
pub use self::removal::Removal;
pub(crate) use self::served::Answered;
pub use self::served::Served;
pub(crate) use self::strength::Reached;
pub use self::strength::{Kind, Strength};
#[cfg(feature = "text")]
pub use self::text::TwilioSender;
pub use self::text::{Text, TextCode, TextSender};
pub use self::totp::Totp;
pub use self::vault::Vault;
#[cfg(feature = "webauthn")]
pub use self::webauthn::WebAuthn;
#[cfg(all(fuzzing, feature = "webauthn"))]
pub(crate) use self::webauthn::fuzz as webauthn_fuzz;
pub use self::withdrawal::Withdrawal;

/// What a factor's slower operations return.
///
/// ```
/// use stepup_authority::factor::FactorFuture;
/// fn at_once(answer: bool) -> FactorFuture<'static, bool> {
///     Box::pin(std::future::ready(answer))
/// }
/// ```
pub type FactorFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One way to prove presence. Those of this module are built in; a service can add its own.
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

    /// What it proves: of several sorts, the one that proves most.
    fn strength(&self) -> Strength;

    /// What each of its sorts proves. [`strength`](Self::strength) alone unless overridden.
    fn strengths(&self) -> Vec<Strength> {
        vec![self.strength()]
    }

    /// What one of this grade proves ([`Enrolled::graded`]). The same for all unless overridden.
    fn strength_of(&self, grade: &str) -> Strength {
        let _ = grade;
        self.strength()
    }

    /// Whether its codes are short enough to be guessed (less than 64 bits). All guessable factors
    /// of a user share a budget of wrong answers; one that cannot be guessed has its own, so that
    /// it is a way in while others are locked.
    fn is_guessable(&self) -> bool {
        true
    }

    /// Whether a provider asks the user for a yes or a no on a device of theirs. All such requests
    /// to a user count together, whichever factor and device they go to, and after a no none is
    /// sent for five minutes, twice as long each time it comes again within the hour. `false`
    /// unless overridden.
    fn asks_for_approval(&self) -> bool {
        false
    }

    /// Which others its wrong answers count with, where a provider checks them and locks the user
    /// for too many in a row; of one that cannot be guessed, which others a right answer of its own
    /// frees. `None` unless overridden.
    fn guess_pool(&self) -> Option<GuessPool> {
        None
    }

    /// Whether a user has at most one, a new one taking the place of the old.
    fn is_single(&self) -> bool {
        false
    }

    /// Whether any that the user has may answer when one of them is asked for, because it is the
    /// user's browser or device that picks one. `false` unless overridden.
    fn answers_as_one(&self) -> bool {
        false
    }

    /// What the user's browser or device may be told of all that they have of it, so that it offers
    /// nothing else: shown to who has their login, with the list of their factors. Nothing unless
    /// overridden.
    fn signals(&self, user: User<'_>) -> Option<Value> {
        let _ = user;
        None
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
    fn prompt(&self, ask: &Ask<'_>) -> Result<Prompt, Unreadable> {
        let _ = ask;
        Ok(Prompt::default())
    }

    /// Whether an answer needs a prompt before it, because something has to be sent. `false`
    /// unless overridden.
    fn needs_prompt(&self) -> bool {
        false
    }

    /// Sends what a prompt wants sent, once. It has five seconds.
    ///
    /// # Errors
    ///
    /// It was not sent, as far as can be known.
    fn deliver<'a>(
        &'a self,
        outgoing: &'a Outgoing,
    ) -> FactorFuture<'a, Result<Delivered, DeliveryError>> {
        let _ = outgoing;
        Box::pin(std::future::ready(Ok(Delivered::default())))
    }

    /// Whether an answer is right. It has five seconds. The guess is counted already.
    fn check<'a>(&'a self, check: Check<'a>) -> FactorFuture<'a, Checked>;

    /// Takes back what a prompt of a step-up asked for, as far as it can: off the user's device, at
    /// a provider. Nobody waits for what comes of it; it has five seconds. Nothing unless
    /// overridden.
    fn withdraw<'a>(&'a self, withdrawal: Withdrawal<'a>) -> FactorFuture<'a, ()> {
        let _ = withdrawal;
        Box::pin(std::future::ready(()))
    }

    /// Clears away what is kept elsewhere of one that the user has no more, as far as it can. Nobody
    /// waits for what comes of it; it has five seconds. Nothing unless overridden.
    fn removed<'a>(&'a self, removal: Removal<'a>) -> FactorFuture<'a, ()> {
        let _ = removal;
        Box::pin(std::future::ready(()))
    }

    /// The address below which it tells others that its own pages are ([`serve`](Self::serve)): an
    /// authority that is mounted elsewhere does not start. `None` unless overridden.
    fn pages(&self) -> Option<&str> {
        None
    }

    /// Answers a request to a page below `methods/{method}/`, of the user's device for example;
    /// `rest` is what follows. `None`, which it is unless overridden: there is no such page.
    ///
    /// Nothing of the request is verified but that it is no larger than 16 KiB and of no other site:
    /// it comes from anybody.
    fn serve<'a>(
        &'a self,
        request: &'a Request<Bytes>,
        rest: &'a str,
    ) -> FactorFuture<'a, Option<Served>> {
        let _ = (request, rest);
        Box::pin(std::future::ready(None))
    }
}
