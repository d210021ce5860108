//! How often a provider is asked the same thing.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use stepup_core::Timestamp;

/// Questions that are remembered before old ones are forgotten.
const MANY: usize = 1_000;

/// Seconds after which a question is no longer asked.
const OLD: u64 = 15 * 60;

/// Lets one instance ask about one thing no more often than this, however often clients do.
#[derive(Debug)]
pub(crate) struct Pace {
    every: u64,
    asked: Mutex<HashMap<String, u64>>,
}

impl Pace {
    pub(crate) fn of(seconds: u64) -> Self {
        Self { every: seconds, asked: Mutex::default() }
    }

    /// Whether it is time to ask about this again; it counts as asked then.
    pub(crate) fn may_ask(&self, about: &str, now: Timestamp) -> bool {
        let now = now.as_secs();
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        // A moment ahead of now was written before the clock was put back.
        let is_soon = |at: u64| at <= now && now - at < self.every;
        if asked.get(about).is_some_and(|at| is_soon(*at)) {
            return false;
        }
        if asked.len() >= MANY {
            asked.retain(|_, at| *at <= now && now - *at < OLD);
        }
        asked.insert(about.to_owned(), now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thing_is_asked_about_now_and_then() {
        let pace = Pace::of(4);
        let may = |about: &str, at: u64| pace.may_ask(about, Timestamp::from_secs(at));
        assert!(may("a", 100) && !may("a", 100) && may("b", 101) && !may("a", 103));
        assert!(may("a", 104) && !may("a", 107) && may("a", 108));
        // Put back by an hour.
        assert!(may("a", 50) && !may("a", 51));
        for other in 0..3 * MANY {
            let _ = may(&other.to_string(), 2_000 + other as u64);
        }
        assert!(pace.asked.lock().unwrap().len() <= 2 * MANY);
    }
}
