//! What Okta's errors come to.

use std::time::Duration;

use serde::Deserialize;
use stepup_core::Timestamp;

use crate::factor::provider::http::{Reply, Unreached};
use crate::factor::{Checked, DeliveryError, NotEnrolled};

/// Why a request did not work. It holds numbers and the error's code alone: Okta's summaries may
/// name the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    what: What,
    status: u16,
    code: Option<u32>,
    unreached: Option<Unreached>,
}

/// Seconds, where there are some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Denied,
    /// Okta, or what it was set up with.
    Down(u64),
    Expired,
    Limited(u64),
    Pending,
    /// This user's answers are not heard.
    TooMany(u64),
    /// The user or the factor is not there, or cannot be used.
    Unknown,
    Wrong,
}

/// The longest wait: what is further off may end sooner.
const LONGEST: u64 = 15 * 60;

impl Fault {
    pub(super) const fn unreached(unreached: Unreached) -> Self {
        Self { what: What::Down(30), status: 0, code: None, unreached: Some(unreached) }
    }

    /// It worked, as far as its status says, and means nothing.
    pub(super) const fn unreadable(reply: &Reply) -> Self {
        Self { what: What::Down(30), status: reply.status, code: None, unreached: None }
    }

    pub(super) fn of(reply: &Reply, now: Timestamp) -> Self {
        let code = error_code(reply);
        let reset = || reply.until("x-rate-limit-reset", now).unwrap_or(30).clamp(1, LONGEST);
        let what = match code {
            // Right, but used before or at the wrong time, is wrong too.
            Some(68 | 82 | 83 | 113) => What::Wrong,
            Some(69 | 85 | 57 | 119) => What::TooMany(LONGEST),
            Some(70) => What::Pending,
            Some(73) => What::Denied,
            Some(79 | 110) => What::Expired,
            Some(7 | 38 | 97 | 98 | 99 | 121 | 140 | 153 | 154 | 155 | 156) => What::Unknown,
            Some(47) => What::Limited(reset()),
            Some(109 | 133) => What::Limited(30),
            Some(118) => What::Limited(5),
            Some(146 | 147 | 150 | 151) => What::Limited(LONGEST),
            _ if reply.status == 429 => What::Limited(reset()),
            _ => What::Down(30),
        };
        let fault = Self { what, status: reply.status, code, unreached: None };
        if matches!(code, Some(4 | 6 | 11)) {
            tracing::error!(reason = fault.reason(), "Okta refuses what it was set up with");
        }
        fault
    }

    pub(super) fn is_unknown(&self) -> bool {
        self.what == What::Unknown
    }

    /// For a log.
    pub(super) fn reason(&self) -> String {
        match (self.unreached, self.code) {
            (Some(unreached), _) => unreached.reason().to_owned(),
            (None, Some(code)) => {
                format!("Okta answers {}, error E{code:07}{}", self.status, meaning(code))
            }
            (None, None) => format!("Okta answers {}", self.status),
        }
    }

    pub(super) fn not_sent(&self) -> DeliveryError {
        let error = DeliveryError::new(self.reason());
        match self.what {
            What::Limited(seconds) | What::TooMany(seconds) => error.retry_after(seconds),
            _ => error,
        }
    }

    pub(super) fn not_enrolled(&self) -> NotEnrolled {
        tracing::warn!(reason = self.reason(), "a user's factors at Okta cannot be seen");
        match self.what {
            What::Limited(seconds) | What::TooMany(seconds) => NotEnrolled::Wait(seconds),
            _ => NotEnrolled::Unavailable,
        }
    }

    /// Of an answer, which Okta may have counted although nothing came of it.
    pub(super) fn answered(&self, now: Timestamp) -> Checked {
        match self.checked(now) {
            Checked::Unavailable(until) if matches!(self.what, What::Down(_)) => {
                Checked::Lost(until)
            }
            // It waits for a device: nothing that a code is answered with.
            Checked::Pending => Checked::Lost(now.plus(Duration::from_secs(30))),
            checked => checked,
        }
    }

    /// Of a check.
    pub(super) fn checked(&self, now: Timestamp) -> Checked {
        let after = |seconds: u64| now.plus(Duration::from_secs(seconds));
        if !matches!(self.what, What::Wrong | What::Pending | What::Denied) {
            tracing::warn!(reason = self.reason(), "Okta has not checked an answer");
        }
        match self.what {
            What::Denied => Checked::Denied,
            What::Down(seconds) | What::Limited(seconds) => Checked::Unavailable(after(seconds)),
            What::Expired => Checked::Expired,
            What::Pending => Checked::Pending,
            What::TooMany(seconds) => Checked::Locked(after(seconds)),
            What::Unknown => Checked::Gone,
            What::Wrong => Checked::Wrong,
        }
    }
}

/// The number in `E0000068`.
pub(super) fn error_code(reply: &Reply) -> Option<u32> {
    #[derive(Deserialize)]
    struct Problem {
        #[serde(rename = "errorCode")]
        code: String,
    }
    let Problem { code } = reply.json()?;
    let digits = code.strip_prefix('E')?;
    (digits.len() == 7 && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| digits.parse().ok())?
}

/// In a few words, those errors that an operator or a user can do something about.
const fn meaning(code: u32) -> &'static str {
    match code {
        4 | 11 => ": the token is wrong",
        6 => ": the token may not do this",
        47 => ": too many requests",
        57 | 85 => ": a policy forbids it",
        69 | 119 => ": the user is locked",
        146 | 147 | 150 | 151 => ": too many messages of the organisation's",
        _ => "",
    }
}
