//! What a person is asked.

use std::fmt;
use std::time::Duration;

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::reason::{plain, word};
use crate::source::BoxFuture;
use crate::stepper::Asked;

/// Asks the person at the keyboard.
///
/// ```
/// use stepup_client::{Answer, Asked, BoxFuture, Offer, Prompter, Question, Trouble};
///
/// struct Terminal;
///
/// fn line() -> String {
///     std::io::stdin().lines().next().and_then(Result::ok).unwrap_or_default()
/// }
///
/// impl Prompter for Terminal {
///     fn choose<'a>(&'a self, asked: &'a Asked, offers: &'a [Offer]) -> BoxFuture<'a, Option<usize>> {
///         println!("{}", asked.reason().unwrap_or("Confirm that it is you."));
///         for (number, offer) in offers.iter().enumerate() {
///             println!("{number}: {} {}", offer.method(), offer.hint());
///         }
///         Box::pin(async { line().parse().ok() })
///     }
///
///     fn answer<'a>(&'a self, _: &'a Asked, question: &'a Question) -> BoxFuture<'a, Answer> {
///         Box::pin(async move {
///             if let Some(number) = question.shown().get("number") {
///                 println!("Type or choose {number} on your device.");
///                 return Answer::Wait;
///             }
///             println!("The code:");
///             Answer::code(line())
///         })
///     }
///
///     fn tell(&self, trouble: &Trouble) {
///         println!("{trouble}");
///     }
/// }
/// ```
pub trait Prompter: Send + Sync + 'static {
    /// Which of these to use, by its place; `None` gives the step-up up. Of one alone it is asked
    /// only after a [`Trouble`]: nothing is sent a second time unless the person wants it.
    fn choose<'a>(&'a self, asked: &'a Asked, offers: &'a [Offer]) -> BoxFuture<'a, Option<usize>>;

    /// The answer to what a factor asks.
    fn answer<'a>(&'a self, asked: &'a Asked, question: &'a Question) -> BoxFuture<'a, Answer>;

    /// Something went wrong; another question follows.
    fn tell(&self, trouble: &Trouble);
}

/// A factor of the user's that reaches what is asked.
///
/// ```
/// fn line(offer: &stepup_client::Offer) -> String {
///     format!("{} {}", offer.method(), offer.hint())
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub(super) id: String,
    method: String,
    level: String,
    hint: String,
}

impl Offer {
    pub(super) fn read(offers: Option<&Value>) -> Vec<Self> {
        let offers = offers.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let read = |offer: &Value| {
            let text = |name| Some(offer.get(name)?.as_str()?.to_owned());
            let id = text("id").filter(|id| super::is_id(id))?;
            let method = text("method").filter(|method| word(method).is_some())?;
            let (level, hint) = (text("level")?, text("hint")?);
            Some(Self { id, method, level: plain(&level), hint: plain(&hint) })
        };
        offers.iter().filter_map(read).collect()
    }

    /// What sort of factor: `totp`, `email`, `sms`, `recovery`, `push`, `webauthn`, …
    ///
    /// ```
    /// fn is_paper(offer: &stepup_client::Offer) -> bool {
    ///     offer.method() == "recovery"
    /// }
    /// ```
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The level that it reaches.
    ///
    /// ```
    /// fn is_best(offer: &stepup_client::Offer) -> bool {
    ///     offer.level() == "phr"
    /// }
    /// ```
    #[must_use]
    pub fn level(&self) -> &str {
        &self.level
    }

    /// By what the user knows it: `a…@example.com`. May be empty.
    ///
    /// ```
    /// fn line(offer: &stepup_client::Offer) -> String {
    ///     format!("a code to {}", offer.hint())
    /// }
    /// ```
    #[must_use]
    pub fn hint(&self) -> &str {
        &self.hint
    }
}

/// What a factor asks.
///
/// ```
/// fn number(question: &stepup_client::Question) -> Option<String> {
///     question.shown().get("number").map(ToString::to_string)
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Question {
    pub(super) offer: Offer,
    pub(super) shown: Map<String, Value>,
}

impl Question {
    /// The factor that asks.
    ///
    /// ```
    /// fn line(question: &stepup_client::Question) -> String {
    ///     format!("the code of {}", question.offer().method())
    /// }
    /// ```
    #[must_use]
    pub const fn offer(&self) -> &Offer {
        &self.offer
    }

    /// What it shows: nothing where a code was sent or is in an app; a push's `number`; the
    /// `publicKey` options of a passkey; the `authorization_url` of another provider. It comes from
    /// the authority, which is trusted, and not from the API.
    ///
    /// ```
    /// fn address(question: &stepup_client::Question) -> Option<&str> {
    ///     question.shown().get("authorization_url")?.as_str()
    /// }
    /// ```
    #[must_use]
    pub const fn shown(&self) -> &Map<String, Value> {
        &self.shown
    }
}

/// What a person answers.
///
/// ```
/// use stepup_client::Answer;
/// assert_eq!(format!("{:?}", Answer::code("123456")), "Code(…)");
/// ```
#[non_exhaustive]
pub enum Answer {
    /// A code, as it was typed.
    Code(Zeroizing<String>),
    /// Something else: the members of the answer, such as a passkey's `credential`.
    Members(Map<String, Value>),
    /// They answer on another device; it is asked after until they did.
    Wait,
    /// They would rather use another factor. Where there is none that gives the step-up up.
    Another,
    /// They give the step-up up.
    Cancel,
}

impl Answer {
    /// A code, as it was typed.
    ///
    /// ```
    /// let answer = stepup_client::Answer::code("123456");
    /// ```
    #[must_use]
    pub fn code(code: impl Into<String>) -> Self {
        Self::Code(Zeroizing::new(code.into()))
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Code(_) => "Code(…)",
            Self::Members(_) => "Members(…)",
            Self::Wait => "Wait",
            Self::Another => "Another",
            Self::Cancel => "Cancel",
        })
    }
}

/// What went wrong, before another question.
///
/// ```
/// use stepup_client::Trouble;
/// let trouble = Trouble::Wrong { attempts_left: Some(4) };
/// assert_eq!(trouble.to_string(), "That was not right; 4 more attempts.");
/// let trouble = Trouble::Wrong { attempts_left: Some(1) };
/// assert_eq!(trouble.to_string(), "That was not right; one more attempt.");
/// let trouble = Trouble::Wrong { attempts_left: Some(0) };
/// assert_eq!(trouble.to_string(), "That was not right, and it was the last attempt.");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// The answer is wrong, was used before, or is too old.
    Wrong {
        /// How many more the ceremony hears, if that was said.
        attempts_left: Option<u64>,
    },
    /// The user answered on another device, and typed a number that was not shown here.
    WrongElsewhere,
    /// What was sent or asked is too old to be answered.
    Over,
    /// The factor cannot be used now.
    Unusable {
        /// Why, in the authority's words to the user.
        detail: String,
        /// How long to wait, if that was said.
        retry_after: Option<Duration>,
    },
}

/// A sentence for the person.
impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wrong { attempts_left: Some(0) } => {
                f.write_str("That was not right, and it was the last attempt.")
            }
            Self::Wrong { attempts_left: Some(1) } => {
                f.write_str("That was not right; one more attempt.")
            }
            Self::Wrong { attempts_left: Some(left) } => {
                write!(f, "That was not right; {left} more attempts.")
            }
            Self::Wrong { attempts_left: None } => f.write_str("That was not right."),
            Self::WrongElsewhere => {
                f.write_str("The number that was typed is not the one that was shown here.")
            }
            Self::Over => f.write_str("That took too long, and has to be sent again."),
            Self::Unusable { detail, retry_after: None } => f.write_str(detail),
            Self::Unusable { detail, retry_after: Some(wait) } => {
                write!(f, "{detail} (in {} s)", wait.as_secs())
            }
        }
    }
}
