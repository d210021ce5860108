//! What has the user step up.

use std::fmt;
use std::time::Duration;

use crate::challenge::Challenge;
use crate::source::BoxFuture;
use crate::token::{AccessToken, SteppedUp};

/// Has the user step up, in one way or another.
///
/// One is asked at a time. A step-up ends by dropping its future: when it took too long, nobody
/// waits for it any more, or the user gave it up. It goes only where it was configured to go.
///
/// ```
/// use stepup_client::{AccessToken, Asked, BoxFuture, StepUpError, SteppedUp, Stepper};
///
/// /// Has one token, for whatever is asked.
/// struct Fixed(AccessToken);
///
/// impl Stepper for Fixed {
///     fn step_up<'a>(&'a self, _: &'a Asked) -> BoxFuture<'a, Result<SteppedUp, StepUpError>> {
///         Box::pin(async { Ok(SteppedUp::new(self.0.clone())) })
///     }
/// }
/// ```
pub trait Stepper: Send + Sync + 'static {
    /// Has the user step up, and returns the token that came of it. Whether it suffices is for the
    /// API to say.
    ///
    /// # Errors
    ///
    /// The user would not or could not, or nobody could be asked.
    fn step_up<'a>(&'a self, asked: &'a Asked) -> BoxFuture<'a, Result<SteppedUp, StepUpError>>;

    /// The user gave up what was begun, whether its future was dropped before or is only about to
    /// be: whoever keeps something of it elsewhere says there that it is over.
    fn cancel(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }

    /// The user logged out: whoever remembers anything of what was begun, their token above all,
    /// lets go of it.
    fn forget(&self) {}
}

/// What a step-up is for.
///
/// ```
/// use stepup_client::Asked;
///
/// fn describe(asked: &Asked) -> String {
///     let reason = asked.reason().unwrap_or("Confirm that it is you to go on.");
///     format!("{}: {reason}", asked.origin())
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Asked {
    pub(crate) challenge: Challenge,
    pub(crate) origin: String,
    pub(crate) reason: Option<String>,
    pub(crate) base: AccessToken,
    pub(crate) time_limit: Duration,
}

impl Asked {
    /// What the API asked for.
    ///
    /// ```
    /// fn levels(asked: &stepup_client::Asked) -> &[String] {
    ///     asked.challenge().acr_values()
    /// }
    /// ```
    #[must_use]
    pub const fn challenge(&self) -> &Challenge {
        &self.challenge
    }

    /// The API that asked: `https://api.example`.
    ///
    /// ```
    /// fn who(asked: &stepup_client::Asked) -> String {
    ///     format!("{} asks", asked.origin())
    /// }
    /// ```
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Why, in the API's own words to the user, if it said so. A text that holds a link
    /// (`https://…`, `bank.example/…`) is left out.
    ///
    /// ```
    /// fn shown(asked: &stepup_client::Asked) -> &str {
    ///     asked.reason().unwrap_or("Confirm that it is you to go on.")
    /// }
    /// ```
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// The token of the login that is stepped up.
    ///
    /// ```
    /// fn is_bound(asked: &stepup_client::Asked) -> bool {
    ///     asked.base_token().scheme() == "DPoP"
    /// }
    /// ```
    #[must_use]
    pub const fn base_token(&self) -> &AccessToken {
        &self.base
    }

    /// How long it may take, from its beginning.
    ///
    /// ```
    /// fn minutes(asked: &stepup_client::Asked) -> u64 {
    ///     asked.time_limit().as_secs() / 60
    /// }
    /// ```
    #[must_use]
    pub const fn time_limit(&self) -> Duration {
        self.time_limit
    }
}

/// Why a step-up came to nothing. Each says what to do about it, and none holds a secret: of what
/// an authority or provider says plain sentences alone are repeated.
///
/// ```
/// use stepup_client::StepUpError;
/// assert_eq!(StepUpError::Cancelled.to_string(), "the user gave the step-up up; ask again when they want to");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StepUpError {
    /// The user gave it up.
    Cancelled,
    /// The user refused it on another device, or at the provider.
    Denied,
    /// It took longer than the time limit, or than the ceremony lived.
    TimedOut,
    /// Nobody could be reached. What was begun can be gone on with: call again.
    Offline(String),
    /// None of the user's factors reaches what is asked.
    Unmet {
        /// The methods that would reach it, once enrolled.
        enrol: Vec<String>,
    },
    /// There were too many attempts.
    TooMany {
        /// How long to wait, if that was said.
        retry_after: Option<Duration>,
    },
    /// The login itself is no longer good, or another took its place: the user has to log in again.
    /// To a [`TokenSource`](crate::TokenSource) that names no session a renewed token is another login.
    LoggedOut,
    /// It was refused for another reason, which this repeats.
    Refused(String),
    /// The answer of the authority or provider is not what its protocol says.
    Unusable(&'static str),
}

impl StepUpError {
    /// For logs: nothing of what others said.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Denied => "denied",
            Self::TimedOut => "timed out",
            Self::Offline(_) => "offline",
            Self::Unmet { .. } => "unmet",
            Self::TooMany { .. } => "too many",
            Self::LoggedOut => "logged out",
            Self::Refused(_) => "refused",
            Self::Unusable(_) => "unusable",
        }
    }
}

impl fmt::Display for StepUpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cancelled => {
                f.write_str("the user gave the step-up up; ask again when they want to")
            }
            Self::Denied => f.write_str(
                "the user refused the step-up; if it was not they who began it, their password \
                 may be known to somebody else",
            ),
            Self::TimedOut => f.write_str("the step-up took too long; begin it again"),
            Self::Offline(why) => {
                write!(f, "the step-up is interrupted ({why}); call again")
            }
            Self::Unmet { enrol } if enrol.is_empty() => {
                f.write_str("the user has no way to reach what is asked, and none can be enrolled")
            }
            Self::Unmet { enrol } => write!(
                f,
                "the user has no way to reach what is asked; have them enrol one of: {}",
                enrol.join(", ")
            ),
            Self::TooMany { retry_after: None } => {
                f.write_str("there were too many attempts; wait before the next")
            }
            Self::TooMany { retry_after: Some(wait) } => {
                write!(f, "there were too many attempts; wait {} s", wait.as_secs())
            }
            Self::LoggedOut => f.write_str("the login has ended; have the user log in again"),
            Self::Refused(why) => write!(f, "the step-up was refused: {why}"),
            Self::Unusable(what) => {
                write!(f, "the step-up's answer cannot be used: {what}; check its configuration")
            }
        }
    }
}

impl std::error::Error for StepUpError {}
