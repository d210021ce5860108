//! What a run ends with.

use std::fmt;
use std::io::Write as _;
use std::process::ExitCode;

use stepup_client::{Error, StepUpError};

use crate::printable::printable;

/// Shown by `--help`.
pub(crate) const CODES: &str = "\
Exit codes:
    0  the answer is a success (2xx); explained
    1  the challenge is malformed (explain); the output cannot be written
    2  the command line is wrong, or there is no token
    3  the network: nobody could be reached, or the connection broke
    4  the answer is no success; its body is printed all the same
    5  the step-up was refused, or did not help
    6  the step-up was given up
    7  the step-up took too long
  130  interrupted: by Ctrl-C, a signal to end, or a terminal that is closed";

/// Why a run is no success.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) why: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Failed = 1,
    Usage = 2,
    Network = 3,
    Status = 4,
    Refused = 5,
    Cancelled = 6,
    TimedOut = 7,
    Interrupted = 130,
}

impl Failure {
    pub(crate) fn new(exit: Exit, why: impl fmt::Display) -> Self {
        Self { exit, why: printable(&why.to_string()) }
    }

    pub(crate) fn usage(why: impl fmt::Display) -> Self {
        Self::new(Exit::Usage, why)
    }

    /// Where the reason was printed already, or is the user's own.
    pub(crate) const fn silent(exit: Exit) -> Self {
        Self { exit, why: String::new() }
    }

    /// One line on the standard error, if there is anything to say.
    pub(crate) fn tell(&self) {
        if !self.why.is_empty() {
            // Without a standard error there is nobody to tell.
            let _ = writeln!(std::io::stderr(), "stepup: {}", self.why);
        }
    }

    pub(crate) fn code(&self) -> ExitCode {
        ExitCode::from(self.exit as u8)
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        let exit = match error {
            Error::NoToken(_) | Error::UnusableToken => Exit::Usage,
            Error::StepUp { error: StepUpError::Cancelled, .. } => Exit::Cancelled,
            Error::StepUp { error: StepUpError::TimedOut, .. } => Exit::TimedOut,
            Error::StepUp { error: StepUpError::Offline(_), .. } => Exit::Network,
            _ => Exit::Refused,
        };
        Self::new(exit, error)
    }
}

impl From<reqwest_middleware::Error> for Failure {
    fn from(error: reqwest_middleware::Error) -> Self {
        if let Some(ours) = Error::among(&error) {
            return Self::from(ours);
        }
        match error {
            reqwest_middleware::Error::Reqwest(error) => error.into(),
            other => Self::new(Exit::Network, other),
        }
    }
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        let origin = error.url().map(|url| url.origin().ascii_serialization()).unwrap_or_default();
        let mut last: &dyn std::error::Error = &error;
        while let Some(cause) = last.source() {
            last = cause;
        }
        let what = if error.is_connect() {
            "nobody could be reached at"
        } else if error.is_timeout() {
            "there was no answer in time from"
        } else {
            "the connection broke to"
        };
        Self::new(Exit::Network, format!("{what} {origin}: {last}"))
    }
}

/// Of the output; a reader that has enough ends the run.
impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::new(Exit::Failed, format!("the output cannot be written: {error}"))
    }
}
