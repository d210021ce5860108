//! What Twilio's errors come to.

use std::time::Duration;

use serde::Deserialize;
use stepup_core::Timestamp;

use crate::factor::provider::http::{Reply, Unreached};
use crate::factor::{Checked, DeliveryError, NotEnrolled};

/// Why a request did not work. It holds numbers alone: a message of Twilio's may have the user's
/// number in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) what: What,
    status: u16,
    code: Option<u32>,
    unreached: Option<Unreached>,
}

/// Seconds, where there are some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A parameter is of another form, and it may be the user's code.
    BadParameter,
    /// Too many at once: none of the user's doing.
    Busy(u64),
    /// Twilio, or what it was set up with.
    Down(u64),
    /// Not there, or no longer.
    NotFound,
    /// What was asked takes no more answers.
    Over,
    /// Of this user's.
    TooMany(u64),
    /// There, but not finished.
    Unfinished,
    /// This number or address cannot be asked.
    Unfit(u64),
    Wrong,
}

/// Of a verification and its code.
const LIFETIME: u64 = 10 * 60;
const DAY: u64 = 24 * 60 * 60;

impl Fault {
    /// It worked, as far as its status says, and means nothing.
    pub(super) const UNREADABLE: Self =
        Self { what: What::Down(5), status: 200, code: None, unreached: None };

    pub(super) const fn unreached(unreached: Unreached) -> Self {
        Self { what: What::Down(5), status: 0, code: None, unreached: Some(unreached) }
    }

    pub(super) fn of(reply: &Reply, now: Timestamp) -> Self {
        #[derive(Deserialize)]
        struct Problem {
            code: u32,
        }
        let code = reply.json().map(|Problem { code }| code);
        let wait = |otherwise: u64| reply.retry_after(now).unwrap_or(otherwise);
        let what = match code {
            Some(20003) => What::Down(60),
            Some(20404 | 60392 | 60431) => What::NotFound,
            Some(20429) => What::Busy(wait(2)),
            Some(20500) => What::Down(5),
            Some(20503) => What::Down(wait(5)),
            Some(60200) => What::BadParameter,
            Some(60202 | 60203) => What::TooMany(wait(LIFETIME)),
            Some(60205 | 60220 | 60238 | 60413 | 60605) => What::Unfit(LIFETIME),
            Some(60410) => What::Unfit(DAY / 2),
            Some(60212) => What::Busy(wait(30)),
            Some(60308 | 60310 | 60323) => What::Over,
            Some(60311 | 60324) => What::Wrong,
            Some(60312) => What::TooMany(wait(3600)),
            Some(60318) => What::Unfinished,
            Some(60326) => What::TooMany(DAY),
            Some(60328) => What::Busy(wait(1)),
            _ => match reply.status {
                404 => What::NotFound,
                429 => What::Busy(wait(2)),
                500..=599 => What::Down(wait(5)),
                // A request that Twilio does not take, which no other attempt makes better.
                _ => What::Down(30),
            },
        };
        let fault = Self { what, status: reply.status, code, unreached: None };
        if matches!(code, Some(20003 | 60204 | 60223)) {
            tracing::error!(reason = fault.reason(), "Twilio refuses what it was set up with");
        }
        fault
    }

    /// For a log.
    pub(super) fn reason(self) -> String {
        match (self.unreached, self.code) {
            (Some(unreached), _) => unreached.reason().to_owned(),
            (None, Some(code)) => {
                format!("Twilio answers {}, error {code}{}", self.status, meaning(code))
            }
            (None, None) => format!("Twilio answers {}", self.status),
        }
    }

    pub(super) fn not_sent(self) -> DeliveryError {
        let error = DeliveryError::new(self.reason());
        match self.what {
            What::Busy(seconds) | What::TooMany(seconds) => error.retry_after(seconds),
            _ => error,
        }
    }

    pub(super) fn not_enrolled(self) -> NotEnrolled {
        tracing::warn!(reason = self.reason(), "no factor can be made at Twilio");
        match self.what {
            What::Busy(seconds) | What::TooMany(seconds) => NotEnrolled::Wait(seconds),
            _ => NotEnrolled::Unavailable,
        }
    }

    /// Of a check. `missing`: what it means that what is asked for is not there.
    pub(super) fn checked(self, now: Timestamp, missing: Checked) -> Checked {
        let after = |seconds: u64| now.plus(Duration::from_secs(seconds));
        if self.what == What::Wrong {
            return Checked::Wrong;
        }
        tracing::warn!(reason = self.reason(), "Twilio has not checked an answer");
        match self.what {
            What::NotFound => missing,
            What::Over => Checked::Expired,
            What::Unfinished => Checked::Gone,
            What::TooMany(seconds) => Checked::Locked(after(seconds)),
            What::Busy(seconds) | What::Down(seconds) | What::Unfit(seconds) => {
                Checked::Unavailable(after(seconds))
            }
            // Of a code whose form was looked at before.
            What::BadParameter => Checked::Unavailable(after(30)),
            What::Wrong => Checked::Wrong,
        }
    }
}

/// In a few words, those errors that an operator or a user can do something about.
const fn meaning(code: u32) -> &'static str {
    match code {
        20003 => ": key or secret are wrong",
        20404 => ": there is no such thing, or no longer",
        20429 => ": too many requests",
        60202 => ": five checks of one code",
        60203 => ": five messages to one number",
        60204 | 60223 => ": the service has this switched off",
        60205 => ": the number takes no text messages",
        60212 => ": too many messages to one number at once",
        60238 | 60410 | 60413 => ": taken for fraud",
        60605 => ": the account may not send to this country",
        575_001 => ": a trial account sends to verified numbers alone",
        _ => "",
    }
}
