//! Moments that are counted within a window.

use std::time::Duration;

use stepup_core::Timestamp;

/// Keeps those within the window before now. Moments in the future were written by a clock that
/// was ahead: they count as now, and no longer than others.
pub(crate) fn recent(moments: &mut Vec<u64>, now: Timestamp, window: Duration) {
    for at in moments.iter_mut() {
        *at = (*at).min(now.as_secs());
    }
    moments.retain(|at| now.seconds_since(Timestamp::from_secs(*at)) < window.as_secs());
}

/// How far the clocks of two instances may be apart with nothing being wrong.
const MAX_AHEAD: Duration = Duration::from_secs(60);

/// Puts a moment right that a clock wrote which was ahead: it becomes now. So it counts for as long
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
