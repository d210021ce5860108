//! Moments that are counted within a window.

use std::time::Duration;

use stepup_core::Timestamp;

/// Keeps those within the window before now, and those of the future: a clock that is ahead wrote
/// them, and they are no further away than that.
pub(crate) fn recent(moments: &mut Vec<u64>, now: Timestamp, window: Duration) {
    moments.retain(|at| now.seconds_since(Timestamp::from_secs(*at)) < window.as_secs());
}

/// How far ahead a moment may be that is right by the clock of another instance (S11): what it
/// counts for, here by a clock that is behind, is not to be made less.
const MAX_AHEAD: Duration = Duration::from_secs(30 * 60);

/// Puts a moment right that a clock wrote which was wrong: it becomes now. So it counts for as long
/// as others do, and not for as long as that clock was ahead (F7).
pub(crate) const fn heal(at: &mut u64, now: Timestamp) {
    if *at > now.plus(MAX_AHEAD).as_secs() {
        *at = now.as_secs();
    }
}

/// Seconds until fewer than `most` of them are within the window.
pub(crate) fn until_one_leaves(
    moments: &[u64],
    most: usize,
    now: Timestamp,
    window: Duration,
) -> u64 {
    let mut moments = moments.to_vec();
    moments.sort_unstable();
    let over = moments.len().saturating_sub(most);
    let leaves = moments.get(over).map_or(0, |at| at.saturating_add(window.as_secs()));
    leaves.saturating_sub(now.as_secs()).max(1)
}
