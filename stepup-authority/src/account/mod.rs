//! What is remembered of a user: their factors, and what they did lately.

mod enrolled;
mod guesses;
mod pools;

use serde::{Deserialize, Serialize};
use stepup_core::Timestamp;

pub(crate) use self::enrolled::EnrolledFactor;
pub(crate) use self::guesses::{Guesses, Locked, Target};
pub(crate) use self::pools::Pools;
use crate::json::is_default;
use crate::limits::{DAY, Limits};
use crate::no::{COOL_DOWN, No};
use crate::times::{heal, recent, until_one_leaves};

/// A user's record. Whatever is not known in it (another version, another member) makes it
/// unreadable, and then nothing is decided by it (S12).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Account {
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) factors: Vec<EnrolledFactor>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) guesses: Guesses,
    /// Wrong answers that providers count, too.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) pools: Pools,
    /// Ceremonies that were begun and are not finished.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) begun: Vec<Begun>,
    /// When something was sent.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) sent: Vec<u64>,
    /// When a factor was last removed or replaced: what was proved before counts no more here.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) removed_at: Option<u64>,
    /// How many were.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) removals: u64,
    /// The factor that the user proved themselves with last.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) used_last: String,
    /// The last no to an approval that a provider asked for.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) no: Option<No>,
}

/// That a ceremony was begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Begun {
    pub(crate) at: u64,
    /// A short name of the session that began it.
    pub(crate) by: String,
}

/// No more of it for so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooMany {
    pub(crate) retry_after: u64,
}

impl Account {
    pub(crate) fn factor(&self, id: &str) -> Option<&EnrolledFactor> {
        self.factors.iter().find(|factor| factor.id == id)
    }

    pub(crate) fn factor_mut(&mut self, id: &str) -> Option<&mut EnrolledFactor> {
        self.factors.iter_mut().find(|factor| factor.id == id)
    }

    /// Takes out the factors that go.
    pub(crate) fn remove(
        &mut self,
        now: Timestamp,
        goes: impl FnMut(&mut EnrolledFactor) -> bool,
    ) -> Vec<EnrolledFactor> {
        let removed: Vec<_> = self.factors.extract_if(.., goes).collect();
        if !removed.is_empty() {
            // By the clock that is furthest ahead, should there be several.
            self.removed_at = self.removed_at.max(Some(now.as_secs()));
            self.removals = self.removals.saturating_add(1);
        }
        removed
    }

    /// Puts right what a clock wrote that was ahead.
    pub(crate) fn heal(&mut self, now: Timestamp) {
        self.guesses.heal(now);
        self.pools.heal(now);
        let begun = self.begun.iter_mut().map(|begun| &mut begun.at);
        for at in begun.chain(&mut self.sent).chain(&mut self.removed_at) {
            heal(at, now);
        }
        if let Some(no) = &mut self.no {
            no.heal(now);
        }
        self.no.take_if(|no| no.is_over(now));
    }

    /// Counts a ceremony that this session begins.
    ///
    /// One session takes half of what a user may have, and where all of it is taken a session
    /// with fewer goes before the one with most: who stole a session, or logs in over and over,
    /// keeps the owner from nothing (O30).
    pub(crate) fn begin(
        &mut self,
        by: &str,
        now: Timestamp,
        limits: &Limits,
    ) -> Result<(), TooMany> {
        let window = limits.ceremony_lifetime;
        let is_recent =
            |begun: &Begun| now.seconds_since(Timestamp::from_secs(begun.at)) < window.as_secs();
        self.begun.retain(is_recent);
        let most = limits.open_ceremonies as usize;
        let of_session = most.div_ceil(2);
        let own: Vec<u64> =
            self.begun.iter().filter(|begun| begun.by == by).map(|begun| begun.at).collect();
        if own.len() >= of_session {
            let retry_after = until_one_leaves(&own, of_session, now, window);
            return Err(TooMany { retry_after });
        }
        if self.begun.len() >= most {
            let count = |by: &str| self.begun.iter().filter(|begun| begun.by == by).count();
            let busiest = self.begun.iter().max_by_key(|begun| count(&begun.by));
            let busiest = busiest.map(|begun| begun.by.clone()).unwrap_or_default();
            // Only where that evens things out: else sessions would take turns without end (C14).
            if count(&busiest) <= own.len() + 1 {
                let all: Vec<u64> = self.begun.iter().map(|begun| begun.at).collect();
                let retry_after = until_one_leaves(&all, most, now, window);
                return Err(TooMany { retry_after });
            }
            if let Some(at) = self.begun.iter().position(|begun| begun.by == busiest) {
                self.begun.remove(at);
            }
        }
        self.begun.push(Begun { at: now.as_secs(), by: by.to_owned() });
        Ok(())
    }

    /// A ceremony that this session began then is finished.
    pub(crate) fn finish(&mut self, by: &str, begun_at: Timestamp) {
        let begun_at = begun_at.as_secs();
        if let Some(at) = self.begun.iter().position(|begun| begun.at == begun_at && begun.by == by)
        {
            self.begun.remove(at);
        }
    }

    /// Counts something that is sent to the user.
    pub(crate) fn send(&mut self, now: Timestamp, limits: &Limits) -> Result<(), TooMany> {
        recent(&mut self.sent, now, DAY);
        let most = limits.sends_per_user as usize;
        if self.sent.len() >= most {
            return Err(TooMany { retry_after: until_one_leaves(&self.sent, most, now, DAY) });
        }
        self.sent.push(now.as_secs());
        Ok(())
    }

    /// The user said no to an approval.
    pub(crate) fn deny(&mut self, now: Timestamp) {
        self.no = Some(No::after(self.no, COOL_DOWN, now));
    }

    /// Whether approvals may be asked for: not for a while after a no (O24).
    pub(crate) fn check_cooled_down(&self, now: Timestamp) -> Result<(), TooMany> {
        let retry_after = self.no.map_or(0, |no| no.until(COOL_DOWN).seconds_since(now));
        if retry_after == 0 { Ok(()) } else { Err(TooMany { retry_after }) }
    }

    /// Until when it has to be kept: for good, while it has factors, or a provider may count wrong
    /// answers. No other count looks back further than a day, and no login is good for longer.
    pub(crate) fn keep_until(&self, now: Timestamp) -> Option<Timestamp> {
        let is_kept = !self.factors.is_empty() || self.pools != Pools::default();
        (!is_kept).then(|| now.plus(DAY + DAY))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);

    #[test]
    fn c14_open_ceremonies_are_limited_and_the_limit_ends() {
        let limits = Limits::default();
        let mut account = Account::default();
        for second in 0..10 {
            assert_eq!(account.begin("s", NOW.plus(Duration::from_secs(second)), &limits), Ok(()));
        }
        let now = NOW.plus(Duration::from_secs(100));
        assert_eq!(account.begin("s", now, &limits), Err(TooMany { retry_after: 500 }));
        account.finish("other", NOW);
        assert_eq!(account.begin("s", now, &limits), Err(TooMany { retry_after: 500 }));
        account.finish("s", NOW);
        assert_eq!(account.begin("s", now, &limits), Ok(()));
        assert_eq!(account.begin("s", now, &limits), Err(TooMany { retry_after: 501 }));
        assert_eq!(account.begin("s", now.plus(Duration::from_secs(501)), &limits), Ok(()));
    }

    #[test]
    fn o30_sessions_that_begin_without_end_keep_no_other_out() {
        let limits = Limits::default();
        let mut account = Account::default();
        for attempt in 0..100 {
            for session in 0..7 {
                let _ = account.begin(&format!("thief {session}"), NOW, &limits);
            }
            assert!(account.begun.len() <= 20, "{attempt}");
        }
        assert_eq!(account.begin("owner", NOW, &limits), Ok(()));
        assert_eq!(account.begin("owner", NOW, &limits), Ok(()));
        assert_eq!(account.begun.len(), 20);
    }

    #[test]
    fn s12_an_account_with_something_unknown_is_not_read() {
        let json = serde_json::to_value(Account::default()).unwrap();
        assert_eq!(serde_json::from_value::<Account>(json.clone()).unwrap(), Account::default());
        let mut other = json;
        other["suspended"] = true.into();
        assert!(serde_json::from_value::<Account>(other).is_err());
    }
}
