//! What Auth0's errors mean. It says the same with different statuses in different places, so what
//! counts is the error's name, and where one name stands for several things, its description.

use std::time::Duration;

use serde::Deserialize;
use stepup_core::Timestamp;

use crate::factor::provider::http::Reply;
use crate::factor::{Checked, DeliveryError};

/// Seconds to wait where Auth0 does not say how long: for trouble, for too many requests, and for
/// one more wrong code to be free.
pub(super) const TROUBLE: u64 = 30;
const BUSY: u64 = 60;
const LOCKED: u64 = 360;
const TOO_MANY_SENT: u64 = 900;

/// The longest that one factor is put off.
const LONGEST: u64 = 900;

/// What Auth0 was asked to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// A code that the user typed.
    Code,
    /// Whether they have answered on their device.
    Push,
}

#[derive(Deserialize, Default)]
struct Problem {
    error: String,
    #[serde(default)]
    error_description: String,
}

impl Problem {
    fn of(reply: &Reply) -> Self {
        reply.json().unwrap_or_default()
    }

    fn says(&self, beginning: &str) -> bool {
        self.error_description.starts_with(beginning)
    }

    /// The token that it was asked with is of no use any more.
    fn is_of_token(&self) -> bool {
        self.error == "expired_token"
            || self.says("Malformed mfa_token")
            || self.says("The mfa_token provided is invalid")
            || self.says("mfa_token not issued to this client")
            || self.says("Malformed oob_code")
            || self.says("The oob_code doesn't match")
    }
}

impl Reason {
    pub(super) fn outcome(self, reply: &Reply, now: Timestamp) -> Checked {
        let until = |seconds| now.plus(Duration::from_secs(seconds));
        let waits = |default| until(wait(reply, now).unwrap_or(default));
        let problem = Problem::of(reply);
        if problem.is_of_token() {
            return Checked::Expired;
        }
        match (problem.error.as_str(), self) {
            ("authorization_pending" | "slow_down", _) => Checked::Pending,
            ("access_denied" | "invalid_grant", Self::Push) => Checked::Denied,
            ("invalid_grant" | "invalid_otp", Self::Code) => Checked::Wrong,
            ("invalid_request", _) if problem.says("Too many failed codes") => {
                Checked::Locked(waits(LOCKED))
            }
            ("invalid_request", _) if problem.says("Too many SMS") => {
                Checked::Unavailable(waits(TOO_MANY_SENT))
            }
            ("too_many_attempts", _) => Checked::Locked(waits(LOCKED)),
            (
                "unsupported_challenge_type"
                | "association_required"
                | "requires_verification"
                | "unauthorized",
                _,
            ) => Checked::Gone,
            _ if reply.status == 429 => Checked::Unavailable(waits(BUSY)),
            (error, _) => {
                let error = named(error);
                tracing::error!(status = reply.status, error, "Auth0 does not check an answer");
                Checked::Unavailable(until(TROUBLE))
            }
        }
    }
}

/// Why the user is not asked.
pub(super) fn at_challenge(reply: &Reply) -> DeliveryError {
    let problem = Problem::of(reply);
    let (status, error) = (reply.status, named(&problem.error));
    let failed = DeliveryError::new(format!("Auth0 answers {status}, {error}"));
    // Of moments, its own clock is the one that counts: without it nothing is known.
    let now = Timestamp::MAX;
    match problem.error.as_str() {
        "invalid_request" if problem.says("Too many SMS") => failed.retry_after(TOO_MANY_SENT),
        "too_many_attempts" => failed.retry_after(wait(reply, now).unwrap_or(LOCKED)),
        _ if status == 429 => failed.retry_after(wait(reply, now).unwrap_or(BUSY)),
        _ => failed,
    }
}

fn wait(reply: &Reply, now: Timestamp) -> Option<u64> {
    let seconds = reply.retry_after(now).or_else(|| reply.until("x-ratelimit-reset", now));
    seconds.map(|seconds| seconds.min(LONGEST))
}

/// An error's name, if it is one that is known: a log takes nothing else from elsewhere.
fn named(error: &str) -> &'static str {
    let known = [
        "access_denied",
        "association_required",
        "expired_token",
        "invalid_client",
        "invalid_grant",
        "invalid_request",
        "invalid_scope",
        "invalid_token",
        "mfa_required",
        "requires_verification",
        "too_many_attempts",
        "unauthorized",
        "unauthorized_client",
        "unsupported_challenge_type",
        "unsupported_grant_type",
    ];
    known.into_iter().find(|known| *known == error).unwrap_or("another")
}
