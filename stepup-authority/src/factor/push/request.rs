//! One request to a device, and what became of it.

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use stepup_core::Timestamp;

use crate::sealing::to_text;

/// Seconds in which a request can be answered.
pub(super) const LIFETIME: u64 = 120;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    pub(super) id: String,
    /// Whom it was sent to, of the user's devices.
    pub(super) device: String,
    /// For which ceremony: a keyed tag.
    pub(super) ceremony: String,
    /// What the device shows, to the letter.
    pub(super) text: String,
    /// What stands on the asking screen: a keyed tag.
    pub(super) number: String,
    /// What ends the ceremony when the user says no.
    pub(super) denial: String,
    pub(super) until: u64,
    #[serde(default)]
    pub(super) state: State,
}

/// What the user said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum State {
    #[default]
    Waiting,
    /// At this second.
    Approved(u64),
    /// The same, and the ceremony knows.
    Claimed(u64),
    Denied,
    Wrong,
}

impl Request {
    pub(super) const fn is_late(&self, now: Timestamp) -> bool {
        now.as_secs() >= self.until
    }

    /// Whether another may not take its place yet.
    pub(super) const fn is_outstanding(&self, now: Timestamp) -> bool {
        matches!(self.state, State::Waiting | State::Approved(_)) && !self.is_late(now)
    }

    /// The digest of what is shown.
    pub(super) fn shown(&self) -> String {
        shown(&self.text)
    }
}

/// The digest of what is shown.
pub(crate) fn shown(text: &str) -> String {
    to_text(digest(&SHA256, text.as_bytes()).as_ref())
}
