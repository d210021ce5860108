//! Time: whole seconds since 1970, and the one place they come from.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A moment, in whole seconds since 1970-01-01T00:00:00Z, as tokens carry it
/// (`NumericDate`, RFC 7519 §2).
///
/// ```
/// use stepup_core::Timestamp;
///
/// let login = Timestamp::from_secs(1_700_000_000);
/// let now = Timestamp::from_secs(1_700_000_090);
/// assert_eq!(now.seconds_since(login), 90);
/// assert_eq!(login.seconds_since(now), 0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The last moment that a token may name: 9999-12-31T23:59:59Z.
    ///
    /// ```
    /// assert_eq!(stepup_core::Timestamp::MAX.as_secs(), 253_402_300_799);
    /// ```
    pub const MAX: Self = Self(253_402_300_799);

    /// The moment this many seconds after 1970; later ones than [`Timestamp::MAX`] become it.
    ///
    /// ```
    /// use stepup_core::Timestamp;
    /// assert_eq!(Timestamp::from_secs(u64::MAX), Timestamp::MAX);
    /// ```
    #[must_use]
    pub const fn from_secs(seconds: u64) -> Self {
        if seconds > Self::MAX.0 { Self::MAX } else { Self(seconds) }
    }

    /// Seconds since 1970.
    ///
    /// ```
    /// assert_eq!(stepup_core::Timestamp::from_secs(7).as_secs(), 7);
    /// ```
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.0
    }

    /// Seconds from `earlier` until this moment; 0 when `earlier` is the later one.
    ///
    /// ```
    /// use stepup_core::Timestamp;
    /// assert_eq!(Timestamp::from_secs(9).seconds_since(Timestamp::from_secs(4)), 5);
    /// ```
    #[must_use]
    pub const fn seconds_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The moment `span` later (fractions of a second dropped), at most [`Timestamp::MAX`].
    ///
    /// ```
    /// use std::time::Duration;
    /// use stepup_core::Timestamp;
    /// let later = Timestamp::from_secs(4).plus(Duration::from_secs(5));
    /// assert_eq!(later.as_secs(), 9);
    /// ```
    #[must_use]
    pub const fn plus(self, span: Duration) -> Self {
        Self::from_secs(self.0.saturating_add(span.as_secs()))
    }
}

/// Now. Injected wherever time matters, so that no test waits for a real clock.
///
/// ```
/// use stepup_core::{Clock, SystemClock, Timestamp};
/// assert!(SystemClock.now() > Timestamp::from_secs(1_700_000_000));
/// ```
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// The operating system's clock.
///
/// A clock set before 1970 reads as 1970, at which every JWT lies in the future and is refused.
///
/// ```
/// use stepup_core::{Clock, SystemClock};
/// let _now = SystemClock.now();
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "so that `SystemClock` can be written as a value")]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_secs(since_1970.as_secs())
    }
}

/// A clock that stands still until it is told to move, for tests.
///
/// ```
/// use std::time::Duration;
/// use stepup_core::{Clock, ManualClock, Timestamp};
///
/// let clock = ManualClock::at(Timestamp::from_secs(1_700_000_000));
/// clock.advance(Duration::from_secs(60));
/// assert_eq!(clock.now().as_secs(), 1_700_000_060);
/// ```
#[derive(Debug)]
pub struct ManualClock(AtomicU64);

impl ManualClock {
    /// A clock that reads `now`.
    ///
    /// ```
    /// use stepup_core::{Clock, ManualClock, Timestamp};
    /// assert_eq!(ManualClock::at(Timestamp::from_secs(9)).now().as_secs(), 9);
    /// ```
    #[must_use]
    pub const fn at(now: Timestamp) -> Self {
        Self(AtomicU64::new(now.0))
    }

    /// Sets the clock to `now`, forwards or backwards.
    ///
    /// ```
    /// use stepup_core::{Clock, ManualClock, Timestamp};
    /// let clock = ManualClock::at(Timestamp::from_secs(9));
    /// clock.set(Timestamp::from_secs(3));
    /// assert_eq!(clock.now().as_secs(), 3);
    /// ```
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.0, Ordering::SeqCst);
    }

    /// Moves the clock forwards by `span`, in whole seconds.
    ///
    /// ```
    /// use std::time::Duration;
    /// use stepup_core::{Clock, ManualClock, Timestamp};
    /// let clock = ManualClock::at(Timestamp::from_secs(9));
    /// clock.advance(Duration::from_secs(1));
    /// assert_eq!(clock.now().as_secs(), 10);
    /// ```
    pub fn advance(&self, span: Duration) {
        self.set(self.now().plus(span));
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

impl<C: Clock> Clock for std::sync::Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_edge_wraps() {
        let edges = [0, 1, Timestamp::MAX.0 - 1, Timestamp::MAX.0, u64::MAX];
        for a in edges.map(Timestamp::from_secs) {
            assert!(a <= Timestamp::MAX);
            assert!(a.plus(Duration::MAX) == Timestamp::MAX);
            for b in edges.map(Timestamp::from_secs) {
                assert!(a.seconds_since(b) <= a.as_secs());
            }
        }
    }
}
