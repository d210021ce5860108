//! The signing keys by time: published ahead, signing, published on, gone.

use std::time::Duration;

use stepup_core::{Algorithm, Timestamp};

use super::signing_key::SigningKey;

/// The longest that a token of the authority's lives.
pub(crate) const LONGEST_LIFE: Duration = Duration::from_secs(24 * 60 * 60);
/// How long keys that cannot be read again from the store are gone by.
pub(super) const STALE_LIMIT: Duration = Duration::from_secs(60 * 60);
/// How long a key is published after another began to sign: for the longest life of a token, the
/// last of which an instance may have signed that could not read the store, and by clocks that are
/// not quite the same (ISS-07).
pub(super) const OVERLAP: Duration =
    Duration::from_secs(LONGEST_LIFE.as_secs() + STALE_LIMIT.as_secs() + 5 * 60);
/// The most keys at a time. Only clocks that are very wrong make so many.
const MAX_KEYS: usize = 8;

/// When keys follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Schedule {
    pub(super) publish_ahead: Duration,
    pub(super) rotate_every: Duration,
}

/// A key and when it begins to sign. It ends when the next begins.
#[derive(Clone, Debug)]
pub(super) struct RingKey {
    pub(super) key: SigningKey,
    pub(super) signs_from: Timestamp,
}

/// Signing keys in the order in which they sign; never empty. What each is at a moment is decided
/// by that moment alone, so a clock that is put back or forth finds what was right then.
#[derive(Clone, Debug)]
pub(super) struct KeyRing {
    first: RingKey,
    later: Vec<RingKey>,
}

impl KeyRing {
    /// One key, which signs at once.
    pub(super) const fn of(key: SigningKey, signs_from: Timestamp) -> Self {
        Self { first: RingKey { key, signs_from }, later: Vec::new() }
    }

    /// Keys in any order; `None` if there are none.
    pub(super) fn from_keys(mut keys: Vec<RingKey>) -> Option<Self> {
        keys.sort_by_key(|key| key.signs_from);
        let mut keys = keys.into_iter();
        Some(Self { first: keys.next()?, later: keys.collect() })
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &RingKey> {
        std::iter::once(&self.first).chain(&self.later)
    }

    /// The last whose time has come. Before the time of all it is the first: there always is one.
    pub(super) fn signing(&self, now: Timestamp) -> &RingKey {
        let begun = self.later.iter().rev().find(|key| key.signs_from <= now);
        begun.unwrap_or(&self.first)
    }

    /// All under which a token may still be presented, or soon will be.
    pub(super) fn published(&self, now: Timestamp) -> impl Iterator<Item = &SigningKey> {
        let ends = self.later.iter().map(|next| Some(next.signs_from.plus(OVERLAP)));
        self.keys()
            .zip(ends.chain([None]))
            .filter(move |(_, end)| end.is_none_or(|end| now < end))
            .map(|(key, _)| &key.key)
    }

    /// Whether it is time to add the next key.
    pub(super) fn is_due(&self, schedule: Schedule, now: Timestamp) -> bool {
        let ahead = now.plus(schedule.publish_ahead);
        let due = self.signing(now).signs_from.plus(schedule.rotate_every) <= ahead;
        // One that is further ahead than any is ever made was made by a clock that was wrong.
        let latest = now.plus(schedule.rotate_every);
        let waits = self.keys().any(|key| now < key.signs_from && key.signs_from <= latest);
        due && !waits
    }

    /// Whether it signs, or soon will, with this algorithm.
    pub(super) fn turns_to(&self, algorithm: Algorithm, now: Timestamp) -> bool {
        let signing = self.signing(now);
        let next = self.keys().filter(|key| signing.signs_from < key.signs_from).last();
        next.unwrap_or(signing).key.algorithm() == algorithm
    }

    /// With one more, which is published now and signs from later on; without those that are gone.
    pub(super) fn with_next(&self, key: SigningKey, schedule: Schedule, now: Timestamp) -> Self {
        let signs_from = now.plus(schedule.publish_ahead);
        let published: Vec<_> = self.published(now).map(SigningKey::kid).collect();
        let kept = self.keys().filter(|known| published.contains(&known.key.kid())).cloned();
        let mut keys: Vec<_> = kept.collect();
        while keys.len() >= MAX_KEYS {
            // The one furthest ahead, which never signed anything that is good now.
            keys.pop();
        }
        keys.push(RingKey { key: key.clone(), signs_from });
        Self::from_keys(keys).unwrap_or_else(|| Self::of(key, signs_from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEDULE: Schedule = Schedule {
        publish_ahead: Duration::from_secs(600),
        rotate_every: Duration::from_secs(90 * 86_400),
    };
    const T: u64 = 1_800_000_000;
    const EVERY: u64 = 90 * 86_400;

    const fn at(seconds: u64) -> Timestamp {
        Timestamp::from_secs(seconds)
    }

    fn key() -> SigningKey {
        SigningKey::generate(Algorithm::EdDsa).unwrap()
    }

    fn ring(starts: &[u64]) -> KeyRing {
        let key = |start: &u64| RingKey { key: key(), signs_from: at(*start) };
        KeyRing::from_keys(starts.iter().map(key).collect()).unwrap()
    }

    /// Its keys by place: which signs, which are published.
    fn state(ring: &KeyRing, now: u64) -> (usize, Vec<usize>) {
        let place = |kid: &str| ring.keys().position(|key| key.key.kid() == kid).unwrap();
        let published = ring.published(at(now)).map(|key| place(key.kid())).collect();
        (place(ring.signing(at(now)).key.kid()), published)
    }

    #[test]
    fn p5_what_each_key_is_at_each_moment() {
        let overlap = OVERLAP.as_secs();
        let three = ring(&[T, T + 100, T + 200]);
        for (name, now, signing, published) in [
            ("a clock put back", 0, 0, vec![0, 1, 2]),
            ("the first", T, 0, vec![0, 1, 2]),
            ("a second before", T + 99, 0, vec![0, 1, 2]),
            ("the next", T + 100, 1, vec![0, 1, 2]),
            ("the last", T + 200, 2, vec![0, 1, 2]),
            ("a second before the first is gone", T + 99 + overlap, 2, vec![0, 1, 2]),
            ("the first is gone", T + 100 + overlap, 2, vec![1, 2]),
            ("the second is gone", T + 200 + overlap, 2, vec![2]),
            ("the last never is", Timestamp::MAX.as_secs(), 2, vec![2]),
        ] {
            assert_eq!(state(&three, now), (signing, published), "{name}");
        }
    }

    /// ISS-07: no token outlives the key that signed it.
    #[test]
    fn iss_07_a_key_is_published_for_as_long_as_its_tokens_live() {
        let two = ring(&[T, T + 100]);
        let last = T + 99 + STALE_LIMIT.as_secs();
        let (_, published) = state(&two, last + LONGEST_LIFE.as_secs());
        assert_eq!(published, [0, 1], "signed by an instance without a store for an hour");
    }

    #[test]
    fn p5_the_next_key_is_due_once() {
        for (name, starts, now, due) in [
            ("new", vec![T], T, false),
            ("a second before", vec![T], T + EVERY - 601, false),
            ("in time", vec![T], T + EVERY - 600, true),
            ("late", vec![T], T + 3 * EVERY, true),
            ("the next waits", vec![T, T + EVERY], T + EVERY - 600, false),
            ("the next signs", vec![T, T + EVERY], T + EVERY, false),
            ("the one after it", vec![T, T + EVERY], T + 2 * EVERY - 600, true),
            ("a clock put back", vec![T], T - 86_400, false),
            ("put back beyond a rotation", vec![T, T + EVERY], T + EVERY - 86_400, false),
            ("made by a clock years ahead", vec![T, T + 20 * EVERY], T + EVERY, true),
        ] {
            assert_eq!(ring(&starts).is_due(SCHEDULE, at(now)), due, "{name}");
        }
    }

    #[test]
    fn p5_the_next_key_is_published_before_it_signs() {
        let one = ring(&[T]);
        let now = T + EVERY - 600;
        let two = one.with_next(key(), SCHEDULE, at(now));
        assert_eq!(state(&two, now), (0, vec![0, 1]));
        assert_eq!(state(&two, now + 599), (0, vec![0, 1]));
        assert_eq!(state(&two, now + 600), (1, vec![0, 1]));
        let much_later = T + 2 * EVERY - 600;
        let three = two.with_next(key(), SCHEDULE, at(much_later));
        assert_eq!(three.keys().count(), 2, "what is gone is left out");
        assert_eq!(state(&three, much_later), (0, vec![0, 1]));
    }

    #[test]
    fn s6_a_clock_that_jumps_makes_no_ring_without_bounds() {
        let mut ring = ring(&[T]);
        for jump in 1..100 {
            ring = ring.with_next(key(), SCHEDULE, at(T + jump));
            assert_eq!(state(&ring, T).0, 0, "the key that signs stays");
        }
        assert_eq!(ring.keys().count(), MAX_KEYS);
    }

    #[test]
    fn an_algorithm_is_turned_to_once() {
        let one = ring(&[T]);
        assert!(one.turns_to(Algorithm::EdDsa, at(T)));
        assert!(!one.turns_to(Algorithm::Es256, at(T)));
        let next = SigningKey::generate(Algorithm::Es256).unwrap();
        let two = one.with_next(next, SCHEDULE, at(T));
        assert!(two.turns_to(Algorithm::Es256, at(T)));
        assert!(!two.turns_to(Algorithm::EdDsa, at(T)));
    }
}
