//! Wrong answers of a user, and how many more are heard.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use stepup_core::Timestamp;

use crate::limits::Limits;
use crate::times::{heal, recent, until_one_leaves};

/// When each wrong answer was given, by what was guessed at: a factor, or an enrolment. An answer
/// counts as wrong from before it is looked at until it turns out right.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Guesses(BTreeMap<String, Vec<u64>>);

/// What is guessed at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target<'a> {
    pub(crate) name: &'a str,
    pub(crate) is_guessable: bool,
}

/// No further answer is heard before this many seconds have gone by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Locked {
    pub(crate) retry_after: u64,
}

impl Guesses {
    pub(crate) fn heal(&mut self, now: Timestamp) {
        self.0.values_mut().flatten().for_each(|at| heal(at, now));
    }

    /// Forgets what no longer counts.
    pub(crate) fn prune(&mut self, now: Timestamp, limits: &Limits) {
        self.0.retain(|_, at| {
            recent(at, now, limits.guess_window);
            !at.is_empty()
        });
    }

    /// How many answers to this target are heard now, given the other guessable ones of the user.
    ///
    /// All guessable targets share `user_guesses`, but each keeps a part of them that guessing at
    /// the others does not use up: who attacks one factor locks no other (O30).
    fn allowed(&self, target: Target<'_>, others: &[impl AsRef<str>], limits: &Limits) -> usize {
        let most = limits.factor_guesses as usize;
        if !target.is_guessable {
            return most;
        }
        let all = limits.user_guesses as usize;
        let kept = (all / (others.len() + 1)).min(2);
        let gone: usize = others.iter().map(|other| self.at(other.as_ref()).len().max(kept)).sum();
        let left = most.min(all.saturating_sub(gone));
        // Others may have been enrolled since, and what is kept for them be gone: it was there for
        // whoever has had none of it.
        let own = self.at(target.name).len();
        let heard = own + others.iter().map(|other| self.at(other.as_ref()).len()).sum::<usize>();
        if own < kept && heard < all { left.max(own + 1) } else { left }
    }

    /// Whether an answer is heard. `others` are the user's other guessable targets, those with wrong
    /// answers among them.
    ///
    /// # Errors
    ///
    /// There were as many as are heard.
    pub(crate) fn check(
        &mut self,
        target: Target<'_>,
        others: &[impl AsRef<str>],
        now: Timestamp,
        limits: &Limits,
    ) -> Result<(), Locked> {
        self.prune(now, limits);
        let allowed = self.allowed(target, others, limits);
        let at = self.at(target.name);
        if at.len() < allowed {
            return Ok(());
        }
        // As many of its own have to leave the window, or of all, as there are too many.
        let all: Vec<u64>;
        let (counted, most) = if at.len() >= limits.factor_guesses as usize {
            (at, limits.factor_guesses as usize)
        } else {
            all = self.0.values().flatten().copied().collect();
            (all.as_slice(), all.len())
        };
        Err(Locked { retry_after: until_one_leaves(counted, most, now, limits.guess_window) })
    }

    /// Counts an answer that is about to be looked at.
    ///
    /// # Errors
    ///
    /// It is not heard.
    pub(crate) fn charge(
        &mut self,
        target: Target<'_>,
        others: &[impl AsRef<str>],
        now: Timestamp,
        limits: &Limits,
    ) -> Result<(), Locked> {
        self.check(target, others, now, limits)?;
        self.0.entry(target.name.to_owned()).or_default().push(now.as_secs());
        Ok(())
    }

    /// The answer that was counted then was not wrong.
    pub(crate) fn refund(&mut self, target: &str, at: Timestamp) {
        if let Some(counted) = self.0.get_mut(target) {
            if let Some(found) = counted.iter().rposition(|counted| *counted == at.as_secs()) {
                counted.remove(found);
            }
            if counted.is_empty() {
                self.0.remove(target);
            }
        }
    }

    /// Whether the next answer would not be heard.
    pub(crate) fn is_locked(
        &self,
        target: Target<'_>,
        others: &[impl AsRef<str>],
        limits: &Limits,
    ) -> bool {
        self.at(target.name).len() >= self.allowed(target, others, limits)
    }

    /// What has been guessed at.
    pub(crate) fn targets(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    fn at(&self, target: &str) -> &[u64] {
        self.0.get(target).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);
    const NO_OTHERS: &[&str] = &[];

    fn target(name: &str) -> Target<'_> {
        Target { name, is_guessable: true }
    }

    /// Guesses at these targets, over and over, as long as any is heard.
    fn guess_all(guesses: &mut Guesses, names: &[&str], now: Timestamp) -> usize {
        let limits = Limits::default();
        let mut heard = 0;
        let mut before = usize::MAX;
        while heard != before {
            before = heard;
            for name in names {
                let others: Vec<_> = names.iter().copied().filter(|other| other != name).collect();
                heard += usize::from(guesses.charge(target(name), &others, now, &limits).is_ok());
            }
        }
        heard
    }

    #[test]
    fn o2_all_guessable_factors_share_ten() {
        for names in [&["a"][..], &["a", "b"], &["a", "b", "c"], &["a", "b", "c", "d", "e", "f"]] {
            let mut guesses = Guesses::default();
            let heard = guess_all(&mut guesses, names, NOW);
            assert_eq!(heard, if names.len() == 1 { 5 } else { 10 }, "{names:?}");
            let later = NOW.plus(Duration::from_secs(899));
            assert_eq!(guess_all(&mut guesses, names, later), 0);
            let later = NOW.plus(Duration::from_secs(900));
            assert_eq!(guess_all(&mut guesses, names, later), heard);
        }
    }

    #[test]
    fn o30_guessing_at_some_factors_locks_no_other() {
        let limits = Limits::default();
        let names = ["a", "b", "c", "d"];
        let mut guesses = Guesses::default();
        for attacked in ["a", "b", "c"] {
            let others: Vec<_> = names.into_iter().filter(|name| *name != attacked).collect();
            for _ in 0..20 {
                let _ = guesses.charge(target(attacked), &others, NOW, &limits);
            }
        }
        assert!(guesses.is_locked(target("a"), &["b", "c", "d"], &limits));
        assert_eq!(guesses.charge(target("d"), &["a", "b", "c"], NOW, &limits), Ok(()));
        let recovery = Target { name: "r", is_guessable: false };
        assert_eq!(guesses.charge(recovery, &names, NOW, &limits), Ok(()));
    }

    #[test]
    fn o30_factors_that_are_enrolled_later_lock_none() {
        let limits = Limits::default();
        let mut guesses = Guesses::default();
        for _ in 0..5 {
            assert_eq!(guesses.charge(target("a"), &["b"], NOW, &limits), Ok(()));
        }
        let names = ["a", "b", "c", "d", "e"];
        let mut heard = 5;
        for _ in 0..5 {
            for name in ["b", "c", "d", "e"] {
                let others: Vec<_> = names.into_iter().filter(|other| *other != name).collect();
                heard += usize::from(guesses.charge(target(name), &others, NOW, &limits).is_ok());
            }
        }
        assert_eq!(heard, 10);
    }

    #[test]
    fn a_lock_ends_when_it_says() {
        let limits = Limits::default();
        let mut guesses = Guesses::default();
        for second in 0..5 {
            let now = NOW.plus(Duration::from_secs(second));
            assert_eq!(guesses.charge(target("a"), NO_OTHERS, now, &limits), Ok(()));
        }
        let now = NOW.plus(Duration::from_secs(60));
        let locked = guesses.charge(target("a"), NO_OTHERS, now, &limits).unwrap_err();
        assert_eq!(locked.retry_after, 840);
        let now = now.plus(Duration::from_secs(locked.retry_after));
        assert_eq!(guesses.charge(target("a"), NO_OTHERS, now, &limits), Ok(()));
        assert!(guesses.charge(target("a"), NO_OTHERS, now, &limits).is_err());
    }

    #[test]
    fn o5_a_right_answer_gives_back_its_own_guess_alone() {
        let limits = Limits::default();
        let mut guesses = Guesses::default();
        for _ in 0..5 {
            assert_eq!(guesses.charge(target("a"), NO_OTHERS, NOW, &limits), Ok(()));
        }
        guesses.refund("a", NOW);
        assert_eq!(guesses.charge(target("a"), NO_OTHERS, NOW, &limits), Ok(()));
        assert!(guesses.charge(target("a"), NO_OTHERS, NOW, &limits).is_err());
        guesses.refund("b", NOW);
        guesses.refund("a", NOW.plus(Duration::from_secs(1)));
        assert!(guesses.charge(target("a"), NO_OTHERS, NOW, &limits).is_err());
    }

    /// F7: a clock that was ahead leaves guesses in the future; they count for a window from now.
    #[test]
    fn f7_a_clock_put_back_frees_nothing() {
        let limits = Limits::default();
        let mut guesses = Guesses::default();
        let ahead = NOW.plus(Duration::from_secs(3600));
        for _ in 0..5 {
            assert_eq!(guesses.charge(target("a"), NO_OTHERS, ahead, &limits), Ok(()));
        }
        assert!(guesses.charge(target("a"), NO_OTHERS, NOW, &limits).is_err());
        guesses.heal(NOW);
        let later = NOW.plus(Duration::from_secs(899));
        assert!(guesses.charge(target("a"), NO_OTHERS, later, &limits).is_err());
        let later = NOW.plus(Duration::from_secs(900));
        assert_eq!(guesses.charge(target("a"), NO_OTHERS, later, &limits), Ok(()));
    }
}
