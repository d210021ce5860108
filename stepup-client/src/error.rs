//! What a call can end with.

use std::fmt;

use crate::challenge::{Challenge, MalformedChallenge};
use crate::source::SourceError;
use crate::stepper::StepUpError;

/// Why a call did not get past a challenge. The handler that it was for has not run.
///
/// ```
/// use stepup_client::{Error, StepUpError};
///
/// fn is_worth_another_try(error: &Error) -> bool {
///     matches!(error, Error::StepUp { error: StepUpError::Offline(_), .. })
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// There is no token to send.
    NoToken(SourceError),
    /// The token has characters that no header takes.
    UnusableToken,
    /// The API's challenge cannot be read, so nothing was done about it.
    Malformed {
        /// The API: `https://api.example`.
        origin: String,
        /// What is wrong with it.
        error: MalformedChallenge,
    },
    /// The step-up did not come about.
    StepUp {
        /// What the API asks for.
        challenge: Challenge,
        /// Why.
        error: StepUpError,
    },
    /// The API asked again after a step-up.
    StillAsked {
        /// What it asks for now.
        asked: Challenge,
        /// What the user stepped up for.
        tried: Challenge,
    },
    /// The request cannot be sent again.
    NotReplayable {
        /// What the API asks for: [`StepUp::step_up`](crate::StepUp::step_up) takes it.
        challenge: Challenge,
        /// Why it cannot.
        why: NotReplayable,
    },
    /// The API asked for more step-ups than one minute may have.
    TooManyStepUps {
        /// What it asks for.
        challenge: Challenge,
        /// The API: `https://api.example`.
        origin: String,
    },
    /// The address is of none of the origins that tokens may be sent to.
    ForeignOrigin,
}

/// Why a request cannot be sent again.
///
/// ```
/// use stepup_client::NotReplayable;
/// assert_eq!(NotReplayable::Body.to_string(), "its body can be sent only once");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotReplayable {
    /// Its body is a stream.
    Body,
}

impl fmt::Display for NotReplayable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Body => "its body can be sent only once",
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoToken(error) => write!(f, "there is no token to send: {error}"),
            Self::UnusableToken => {
                f.write_str("the token has characters that no header takes; check where it is from")
            }
            Self::Malformed { origin, error } => write!(
                f,
                "{origin} sends a {error}; nothing was done about it, report it to the API's \
                 operator"
            ),
            Self::StepUp { challenge, error } => {
                write!(f, "the API asks for {challenge}, but {error}")
            }
            Self::StillAsked { asked, tried } => write!(
                f,
                "the API asks for {asked} even after a step-up for {tried}; the provider may not \
                 give what was asked for, or the API may not read it: compare their settings"
            ),
            Self::NotReplayable { challenge, why } => write!(
                f,
                "the API asks for {challenge}, and the request cannot be sent again: {why}; step \
                 up for the challenge, then make the request anew"
            ),
            Self::TooManyStepUps { challenge, origin } => write!(
                f,
                "{origin} asks for {challenge}, and for more step-ups than one minute may have; \
                 wait, and find out why it asks so often"
            ),
            Self::ForeignOrigin => f.write_str(
                "this address is of none of the origins that tokens may be sent to; name it with \
                 `origin` if it is yours",
            ),
        }
    }
}

impl std::error::Error for Error {}

#[cfg(feature = "middleware")]
impl Error {
    /// The error of ours in one of `reqwest_middleware`'s, if it is one.
    ///
    /// ```
    /// use stepup_client::Error;
    ///
    /// fn what_is_asked(error: &reqwest_middleware::Error) -> String {
    ///     match Error::among(error) {
    ///         Some(Error::NotReplayable { challenge, .. }) => challenge.to_string(),
    ///         _ => String::new(),
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn among(error: &reqwest_middleware::Error) -> Option<&Self> {
        match error {
            reqwest_middleware::Error::Middleware(error) => error.downcast_ref(),
            reqwest_middleware::Error::Reqwest(_) => None,
        }
    }
}

/// Why [`StepUp::call`](crate::StepUp::call) failed.
///
/// ```
/// use stepup_client::CallError;
///
/// fn explain(error: &CallError<std::io::Error>) -> String {
///     match error {
///         CallError::StepUp(error) => error.to_string(),
///         CallError::Send(error) => format!("it could not be sent: {error}"),
///     }
/// }
/// ```
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "a call is sent or it is not")]
pub enum CallError<E> {
    /// It did not get past a challenge.
    StepUp(Error),
    /// Sending it failed, with the error of whoever sends.
    Send(E),
}

impl<E> From<Error> for CallError<E> {
    fn from(error: Error) -> Self {
        Self::StepUp(error)
    }
}

impl<E: fmt::Display> fmt::Display for CallError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StepUp(error) => error.fmt(f),
            Self::Send(error) => error.fmt(f),
        }
    }
}

impl<E: std::error::Error> std::error::Error for CallError<E> {}

/// What a client or stepper cannot be made of.
///
/// ```
/// # #[cfg(feature = "oauth")] {
/// let error = stepup_client::OAuthClient::new("http://login.example", "desktop").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`http://login.example` cannot be used: write `https://…`; plain http is for this machine alone",
/// );
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildError {
    what: String,
    why: &'static str,
}

impl BuildError {
    pub(crate) fn new(what: impl Into<String>, why: &'static str) -> Self {
        Self { what: what.into(), why }
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` cannot be used: {}", self.what, self.why)
    }
}

impl std::error::Error for BuildError {}
