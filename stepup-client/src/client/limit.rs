//! How often an API may ask (CLI-05).

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

const MINUTE: Duration = Duration::from_secs(60);

/// The step-ups of the last minute, by origin: there are as many as were configured.
#[derive(Debug, Default)]
pub(super) struct StepUps(HashMap<String, VecDeque<Instant>>);

impl StepUps {
    /// Counts one, unless there were as many as there may be.
    pub(super) fn count(&mut self, origin: &str, most: usize, now: Instant) -> bool {
        let begun = self.0.entry(origin.to_owned()).or_default();
        while begun.front().is_some_and(|first| now.duration_since(*first) >= MINUTE) {
            begun.pop_front();
        }
        let is_free = begun.len() < most;
        if is_free {
            begun.push_back(now);
        }
        is_free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cli_05_so_many_in_any_minute_and_for_each_api() {
        let now = Instant::now();
        let after = |seconds| now + Duration::from_secs(seconds);
        let mut step_ups = StepUps::default();
        assert!(step_ups.count("a", 2, now));
        assert!(step_ups.count("a", 2, after(30)));
        assert!(!step_ups.count("a", 2, after(59)));
        assert!(step_ups.count("b", 2, after(59)));
        assert!(step_ups.count("a", 2, after(60)));
        assert!(!step_ups.count("a", 2, after(89)));
    }
}
