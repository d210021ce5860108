//! How many answers of a user Okta hears.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use stepup_core::Timestamp;

/// Wrong answers in a row that are passed on: with one more Okta locks the account.
const MOST: u32 = 4;

/// Seconds without any, after that.
const QUIET: u64 = 5 * 60;

/// Users that are remembered before old ones are forgotten.
const MANY: usize = 10_000;

/// Counts answers in a row that were not right, of each Okta user over all of their factors.
#[derive(Debug, Default)]
pub(super) struct Tries(Mutex<HashMap<String, Run>>);

#[derive(Debug, Default)]
struct Run {
    wrong: u32,
    last: u64,
}

impl Tries {
    /// Counts one before it is passed on; or when it may be again.
    pub(super) fn begin(&self, user: &str, now: Timestamp) -> Result<(), Timestamp> {
        let now = now.as_secs();
        let mut runs = self.lock();
        if runs.len() >= MANY {
            runs.retain(|_, run| now < run.last.saturating_add(QUIET));
        }
        let run = runs.entry(user.to_owned()).or_default();
        // A moment ahead of now was written before the clock was put back.
        let quiet_until = run.last.min(now) + QUIET;
        if run.wrong >= MOST {
            if now < quiet_until {
                return Err(Timestamp::from_secs(quiet_until));
            }
            run.wrong = 0;
        }
        run.wrong += 1;
        run.last = now;
        Ok(())
    }

    /// It was right.
    pub(super) fn right(&self, user: &str) {
        self.lock().remove(user);
    }

    /// It was not looked at.
    pub(super) fn take_back(&self, user: &str) {
        if let Some(run) = self.lock().get_mut(user) {
            run.wrong = run.wrong.saturating_sub(1);
        }
    }

    /// Okta itself hears no more of this user.
    pub(super) fn all_used(&self, user: &str) {
        if let Some(run) = self.lock().get_mut(user) {
            run.wrong = MOST;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Run>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: u64) -> Timestamp {
        Timestamp::from_secs(seconds)
    }

    #[test]
    fn four_in_a_row_and_then_none_for_a_while() {
        let tries = Tries::default();
        for second in 0..4 {
            assert!(tries.begin("a", at(1_000 + second)).is_ok());
        }
        assert_eq!(tries.begin("a", at(1_003)), Err(at(1_303)));
        assert_eq!(tries.begin("a", at(1_302)), Err(at(1_303)));
        assert!(tries.begin("b", at(1_003)).is_ok());
        for second in 0..4 {
            assert!(tries.begin("a", at(1_303 + second)).is_ok());
        }
        assert!(tries.begin("a", at(1_306)).is_err());
    }

    #[test]
    fn a_right_one_begins_anew_and_one_unseen_is_none() {
        let tries = Tries::default();
        for _ in 0..10 {
            for _ in 0..3 {
                assert!(tries.begin("a", at(1_000)).is_ok());
            }
            tries.right("a");
        }
        for _ in 0..10 {
            assert!(tries.begin("a", at(1_000)).is_ok());
            tries.take_back("a");
        }
        assert!(tries.begin("a", at(1_000)).is_ok());
        tries.all_used("a");
        assert!(tries.begin("a", at(1_000)).is_err());
    }

    #[test]
    fn a_clock_put_back_is_quiet_no_longer_than_others() {
        let tries = Tries::default();
        for _ in 0..4 {
            assert!(tries.begin("a", at(90_000)).is_ok());
        }
        assert_eq!(tries.begin("a", at(1_000)), Err(at(1_300)));
    }
}
