//! Wrong answers that a provider counts for as long as no right one comes between them.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use stepup_core::Timestamp;

use crate::factor::GuessPool;
use crate::times::heal;

/// When each wrong answer since the last right one was given, by the pool's name. An answer counts
/// as wrong from before it is looked at until it turns out right.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Pools(BTreeMap<String, Vec<u64>>);

/// How long a provider may take to look at an answer.
const UNDER_WAY: Duration = Duration::from_secs(5);

impl Pools {
    pub(crate) fn heal(&mut self, now: Timestamp) {
        self.0.values_mut().flatten().for_each(|at| heal(at, now));
    }

    /// Whether one more wrong answer could lock the user.
    pub(crate) fn is_used_up(&self, pool: &GuessPool) -> bool {
        self.0.get(&pool.name).is_some_and(|at| at.len() >= pool.most as usize)
    }

    /// Counts an answer that is about to be looked at.
    pub(crate) fn charge(&mut self, pool: &GuessPool, now: Timestamp) {
        self.0.entry(pool.name.clone()).or_default().push(now.as_secs());
    }

    /// The answer that was counted then was not wrong, or the provider has not heard it.
    pub(crate) fn refund(&mut self, pool: &GuessPool, at: Timestamp) {
        if let Some(counted) = self.0.get_mut(&pool.name)
            && let Some(found) = counted.iter().rposition(|one| *one == at.as_secs())
        {
            counted.remove(found);
        }
        self.tidy();
    }

    /// The user was right there, no earlier than this: the provider counts anew. What it may have
    /// looked at only after that stays counted.
    pub(crate) fn right(&mut self, pool: &GuessPool, since: Timestamp) {
        let before = since.as_secs().saturating_sub(UNDER_WAY.as_secs());
        if let Some(at) = self.0.get_mut(&pool.name) {
            at.retain(|at| *at >= before);
        }
        self.tidy();
    }

    fn tidy(&mut self) {
        self.0.retain(|_, at| !at.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: u64) -> Timestamp {
        Timestamp::from_secs(1_700_000_000 + seconds)
    }

    #[test]
    fn o2_a_pool_is_used_up_until_one_is_right() {
        let (pool, other) = (GuessPool::new("p", 3), GuessPool::new("q", 3));
        let mut pools = Pools::default();
        for second in 0..3 {
            assert!(!pools.is_used_up(&pool));
            pools.charge(&pool, at(second));
        }
        assert!(pools.is_used_up(&pool) && !pools.is_used_up(&other));
        pools.right(&other, at(100));
        pools.refund(&other, at(1));
        pools.refund(&pool, at(9));
        pools.heal(at(1_000_000));
        assert!(pools.is_used_up(&pool));
        pools.refund(&pool, at(1));
        assert!(!pools.is_used_up(&pool));
        pools.right(&pool, at(100));
        assert_eq!(pools, Pools::default());
    }

    /// Which of two answers at once the provider looks at first is not known.
    #[test]
    fn o2_what_may_be_looked_at_after_a_right_answer_stays_counted() {
        let pool = GuessPool::new("p", 1);
        for (wrong, right, stays) in [(0, 5, true), (0, 6, false), (7, 6, true), (0, 0, true)] {
            let mut pools = Pools::default();
            pools.charge(&pool, at(wrong));
            pools.right(&pool, at(right));
            assert_eq!(pools.is_used_up(&pool), stays, "{wrong} {right}");
        }
    }
}
