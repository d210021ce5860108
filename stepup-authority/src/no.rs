//! A user's no to a request for approval, and for how long nothing is asked after it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use stepup_core::Timestamp;

use crate::times::heal;

/// For how long a no makes the next one worse, and the longest that nothing is asked after one.
pub(crate) const HOUR: Duration = Duration::from_secs(60 * 60);

/// How long that is after the first, unless it is set.
pub(crate) const COOL_DOWN: Duration = Duration::from_secs(5 * 60);

/// A no, and how many there were that each came within an hour of what the last one brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct No {
    at: u64,
    times: u32,
}

impl No {
    /// A no after this one.
    pub(crate) fn after(before: Option<Self>, cool_down: Duration, now: Timestamp) -> Self {
        let is_repeated = |no: &Self| now < no.until(cool_down).plus(HOUR);
        let before = before.filter(is_repeated).map_or(0, |no| no.times);
        Self { at: now.as_secs(), times: before.saturating_add(1) }
    }

    /// How long nothing is asked after it: twice as long as after the one before, and an hour at
    /// most.
    pub(crate) fn until(self, cool_down: Duration) -> Timestamp {
        let factor = 2_u32.saturating_pow(self.times.saturating_sub(1));
        Timestamp::from_secs(self.at).plus(cool_down.saturating_mul(factor).min(HOUR))
    }

    pub(crate) const fn heal(&mut self, now: Timestamp) {
        heal(&mut self.at, now);
    }

    /// Whether it makes no other worse.
    pub(crate) const fn is_over(self, now: Timestamp) -> bool {
        now.seconds_since(Timestamp::from_secs(self.at)) >= 2 * HOUR.as_secs()
    }
}
