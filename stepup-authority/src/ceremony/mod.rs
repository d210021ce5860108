//! A proof in progress: its states, and every way from one to another.

mod binding;
mod id;
mod record;
mod wanted;

use serde::{Deserialize, Serialize};
use stepup_core::Timestamp;

pub(crate) use self::binding::Binding;
pub(crate) use self::id::{CeremonyId, new_factor_id, reference, unguessable};
pub(crate) use self::record::{AnyCeremony, read_ceremony};
pub(crate) use self::wanted::Wanted;
use crate::json::is_default;
use crate::limits::Limits;
use crate::store::Epoch;

/// A ceremony in the state `S`. What can be done with it is what that state has methods for; each
/// takes it and gives the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ceremony<S> {
    pub(crate) head: Head,
    pub(crate) state: S,
}

/// What does not change while it goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Head {
    pub(crate) binding: Binding,
    pub(crate) purpose: Purpose,
    pub(crate) begun_at: u64,
    pub(crate) expires_at: u64,
    /// The store's, when it was begun.
    pub(crate) epoch: u64,
}

/// What a right answer leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) enum Purpose {
    /// A factor.
    Enrol(NewFactor),
    /// A token.
    StepUp(Wanted),
}

/// A factor that is enrolled once the user answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewFactor {
    pub(crate) id: String,
    pub(crate) method: String,
    pub(crate) hint: String,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) grade: String,
    /// Sealed.
    pub(crate) data: String,
    /// The factor whose place it takes.
    pub(crate) replaces: Option<String>,
    /// The name of the rule by which it was begun.
    pub(crate) rule: String,
}

/// Begun, and neither finished nor given up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pending {
    /// Answers that were looked at.
    pub(crate) guesses: u32,
    /// Answers that were not there yet, or that nobody could check.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) polls: u32,
    /// The last prompt of each factor that asked.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) prompts: Vec<Asked>,
}

/// What a factor asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    pub(crate) factor: String,
    /// Sealed.
    pub(crate) kept: String,
    /// Names this prompt among those of the ceremony.
    pub(crate) id: String,
}

/// Finished with a right answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Proved {
    pub(crate) grant: Grant,
    /// Until when the token may be fetched, over and over.
    pub(crate) collect_until: u64,
}

/// What the token says that the right answer earned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Grant {
    pub(crate) token_id: String,
    pub(crate) level: String,
    pub(crate) methods: Vec<String>,
    /// When the user proved it.
    pub(crate) auth_time: u64,
    /// When that was found right.
    pub(crate) issued_at: u64,
    pub(crate) expires_at: u64,
    pub(crate) scope: String,
}

/// Finished without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ended {
    pub(crate) how: End,
}

/// How a ceremony ended that proved nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum End {
    Cancelled,
    Denied,
    /// The factor was enrolled: there is no token to fetch.
    Enrolled,
}

/// Too many answers were wrong; the ceremony hears no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exhausted;

/// How long a token may be fetched by whoever proved, should its answer get lost (F3).
const COLLECT_SECONDS: u64 = 60;

impl Ceremony<Pending> {
    pub(crate) fn begin(
        binding: Binding,
        purpose: Purpose,
        epoch: Epoch,
        now: Timestamp,
        limits: &Limits,
    ) -> Self {
        let expires_at = now.plus(limits.ceremony_lifetime).as_secs();
        let head =
            Head { binding, purpose, begun_at: now.as_secs(), expires_at, epoch: epoch.id() };
        Self { head, state: Pending::default() }
    }

    /// A factor asks: what it asked before counts no more (R-OTP-02: the guesses do).
    pub(crate) fn ask(mut self, asked: Asked) -> Self {
        self.state.prompts.retain(|before| before.factor != asked.factor);
        self.state.prompts.push(asked);
        self
    }

    /// Counts an answer that is about to be looked at.
    pub(crate) fn charge(mut self, limits: &Limits) -> Result<Self, Exhausted> {
        if self.is_exhausted(limits) {
            return Err(Exhausted);
        }
        self.state.guesses += 1;
        Ok(self)
    }

    /// Counts a question after what is answered elsewhere: no guess.
    pub(crate) fn poll(mut self) -> Self {
        self.state.polls = self.state.polls.saturating_add(1);
        self
    }

    /// The answer that was counted was none.
    pub(crate) fn refund(mut self) -> Self {
        self.state.guesses = self.state.guesses.saturating_sub(1);
        self.poll()
    }

    pub(crate) const fn is_exhausted(&self, limits: &Limits) -> bool {
        self.state.guesses >= limits.ceremony_guesses || self.state.polls >= MOST_POLLS
    }

    pub(crate) fn asked(&self, factor: &str) -> Option<&Asked> {
        self.state.prompts.iter().find(|asked| asked.factor == factor)
    }

    /// Finishes with what a right answer earned.
    pub(crate) fn prove(self, grant: Grant, now: Timestamp) -> Ceremony<Proved> {
        let collect_until = now.as_secs().saturating_add(COLLECT_SECONDS);
        Ceremony { head: self.head, state: Proved { grant, collect_until } }
    }

    pub(crate) fn end(self, how: End) -> Ceremony<Ended> {
        Ceremony { head: self.head, state: Ended { how } }
    }
}

impl<S> Ceremony<S> {
    pub(crate) const fn begun_at(&self) -> Timestamp {
        Timestamp::from_secs(self.head.begun_at)
    }

    /// Not begun yet, by a clock that was put back, counts as over: its age is not known.
    pub(crate) const fn is_over(&self, now: Timestamp) -> bool {
        now.as_secs() >= self.head.expires_at
            || now.as_secs().saturating_add(MAX_AHEAD) < self.head.begun_at
    }
}

impl Ceremony<Proved> {
    pub(crate) const fn is_collectable(&self, now: Timestamp) -> bool {
        now.as_secs() <= self.state.collect_until
            && now.as_secs().saturating_add(MAX_AHEAD) >= self.state.grant.issued_at
    }
}

/// How many seconds after an answer that was not there yet the next may be.
pub(crate) const POLL_SECONDS: u64 = 3;

/// How often an answer may not be there yet: as often as that in ten minutes.
const MOST_POLLS: u32 = 200;

/// Seconds that another instance's clock may be ahead of ours.
const MAX_AHEAD: u64 = 60;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);

    fn pending() -> Ceremony<Pending> {
        let wanted = Purpose::StepUp(Wanted::default());
        let limits = Limits::default();
        Ceremony::begin(Binding::default(), wanted, Epoch::first(1), NOW, &limits)
    }

    fn asked(factor: &str, id: &str) -> Asked {
        Asked { factor: factor.into(), kept: String::new(), id: id.into() }
    }

    #[test]
    fn r_otp_02_o15_a_new_code_replaces_the_old_and_resets_no_count() {
        let limits = Limits::default();
        let ceremony = pending().ask(asked("a", "1")).charge(&limits).unwrap();
        let ceremony = ceremony.ask(asked("b", "2")).ask(asked("a", "3"));
        assert_eq!(ceremony.state.guesses, 1);
        assert_eq!(ceremony.asked("a").unwrap().id, "3");
        assert_eq!(ceremony.asked("b").unwrap().id, "2");
        assert_eq!(ceremony.state.prompts.len(), 2);
    }

    #[test]
    fn o1_five_answers_are_heard() {
        let limits = Limits::default();
        let mut ceremony = pending();
        for _ in 0..5 {
            ceremony = ceremony.charge(&limits).unwrap();
        }
        assert_eq!(ceremony.clone().charge(&limits).unwrap_err(), Exhausted);
        assert!(ceremony.refund().charge(&limits).is_ok());
    }

    #[test]
    fn f7_a_ceremony_is_over_at_its_end_and_before_its_beginning() {
        let ceremony = pending();
        for (seconds, is_over) in [(0, false), (599, false), (600, true), (u64::MAX, true)] {
            assert_eq!(ceremony.is_over(NOW.plus(Duration::from_secs(seconds))), is_over);
        }
        assert!(!ceremony.is_over(Timestamp::from_secs(NOW.as_secs() - 60)));
        assert!(ceremony.is_over(Timestamp::from_secs(NOW.as_secs() - 61)));
    }
}
