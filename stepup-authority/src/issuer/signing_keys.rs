//! Where an issuer's signing keys come from, as a service says it.

use std::time::Duration;

use stepup_core::{Algorithm, Timestamp};

use super::key_ring::{KeyRing, RingKey, Schedule};
use super::signing_key::SigningKey;
use crate::start_error::StartError;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The keys that an [`Issuer`](crate::Issuer) signs with: made and rotated in its store, sealed
/// ([`in_store`](Self::in_store), which is what it does unless told), or given
/// ([`of`](Self::of)).
///
/// ```
/// use stepup_authority::{SigningKey, SigningKeys};
/// use stepup_core::Algorithm;
///
/// let made = SigningKeys::in_store(Algorithm::EdDsa);
/// # let (new, old) = [Algorithm::Es256; 2].map(SigningKey::generate).into();
/// let given = SigningKeys::of(new?).and_before(old?);
/// # Ok::<(), stepup_authority::StartError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct SigningKeys(Source);

#[derive(Clone, Debug)]
enum Source {
    Given { signs: SigningKey, published: Vec<SigningKey>, misplaced: Option<&'static str> },
    Store { algorithm: Algorithm, schedule: Schedule, misplaced: Option<&'static str> },
}

/// The same, checked.
#[derive(Debug)]
pub(super) enum Settled {
    Given(KeyRing),
    Store(Algorithm, Schedule),
}

impl SigningKeys {
    /// Signs with this key. Nothing rotates by itself: to change it, start with the new one and
    /// keep the old one published with [`and_before`](Self::and_before) for a day, the longest
    /// that a token lives. Where gates elsewhere fetch the keys, publish the new one in that way
    /// ten minutes before it signs.
    ///
    /// ```
    /// use stepup_authority::{SigningKey, SigningKeys};
    /// use stepup_core::Algorithm;
    /// let keys = SigningKeys::of(SigningKey::generate(Algorithm::Es256)?);
    /// # Ok::<(), stepup_authority::StartError>(())
    /// ```
    pub const fn of(key: SigningKey) -> Self {
        Self(Source::Given { signs: key, published: Vec::new(), misplaced: None })
    }

    /// Publishes this key too: its tokens are good, and it signs none.
    ///
    /// ```
    /// use stepup_authority::{SigningKey, SigningKeys};
    /// use stepup_core::Algorithm;
    /// let (new, old) = (SigningKey::generate(Algorithm::Es256)?, SigningKey::generate(Algorithm::Es256)?);
    /// let keys = SigningKeys::of(new).and_before(old);
    /// # Ok::<(), stepup_authority::StartError>(())
    /// ```
    pub fn and_before(mut self, key: SigningKey) -> Self {
        match &mut self.0 {
            Source::Given { published, .. } => published.push(key),
            Source::Store { misplaced, .. } => *misplaced = Some("and_before"),
        }
        self
    }

    /// Makes the keys and keeps them in the store, sealed with the service's
    /// [`SealingKeys`](crate::SealingKeys). All instances on one store sign with the same one, and
    /// it rotates: the next is published ten minutes before it signs, and the one before it for a
    /// good day after.
    ///
    /// ```
    /// use stepup_authority::SigningKeys;
    /// let keys = SigningKeys::in_store(stepup_core::Algorithm::Es256);
    /// ```
    pub const fn in_store(algorithm: Algorithm) -> Self {
        let schedule = Schedule {
            publish_ahead: Duration::from_secs(10 * 60),
            rotate_every: Duration::from_secs(90 * DAY.as_secs()),
        };
        Self(Source::Store { algorithm, schedule, misplaced: None })
    }

    /// How long a key in the store signs; 90 days unless set, a day to ten years.
    ///
    /// ```
    /// use std::time::Duration;
    /// use stepup_authority::SigningKeys;
    /// let keys = SigningKeys::in_store(stepup_core::Algorithm::Es256)
    ///     .rotate_every(Duration::from_secs(30 * 24 * 60 * 60));
    /// ```
    pub const fn rotate_every(mut self, span: Duration) -> Self {
        match &mut self.0 {
            Source::Given { misplaced, .. } => *misplaced = Some("rotate_every"),
            Source::Store { schedule, .. } => schedule.rotate_every = span,
        }
        self
    }

    /// How long a key in the store is published before it signs: ten minutes unless set, six
    /// minutes to twelve hours. Gates elsewhere fetch keys every five minutes.
    ///
    /// ```
    /// use std::time::Duration;
    /// use stepup_authority::SigningKeys;
    /// let keys = SigningKeys::in_store(stepup_core::Algorithm::Es256)
    ///     .publish_ahead(Duration::from_secs(60 * 60));
    /// ```
    pub const fn publish_ahead(mut self, span: Duration) -> Self {
        match &mut self.0 {
            Source::Given { misplaced, .. } => *misplaced = Some("publish_ahead"),
            Source::Store { schedule, .. } => schedule.publish_ahead = span,
        }
        self
    }

    pub(super) fn settle(self) -> Result<Settled, StartError> {
        let misplaced = |setting: Option<&str>, why: &str| match setting {
            Some(setting) => Err(StartError::new(format!(
                "the issuer's `.{setting}(…)` would not be used: {why}"
            ))),
            None => Ok(()),
        };
        match self.0 {
            Source::Given { signs, published, misplaced: setting } => {
                misplaced(setting, "keys that are given do not rotate; take it away")?;
                let mut keys = vec![RingKey { key: signs, signs_from: Timestamp::from_secs(0) }];
                for key in published {
                    if keys.iter().any(|known| known.key.kid() == key.kid()) {
                        return Err(StartError::new(format!(
                            "the issuer's signing key {} is given twice: take it away from \
                             `.and_before(…)`",
                            key.kid()
                        )));
                    }
                    // Its turn never comes.
                    keys.push(RingKey { key, signs_from: Timestamp::MAX });
                }
                let ring = KeyRing::from_keys(keys);
                ring.map(Settled::Given).ok_or_else(|| StartError::new("the issuer has no key"))
            }
            Source::Store { algorithm, schedule, misplaced: setting } => {
                let why = "the store keeps the keys before; to publish one of your own, give all";
                misplaced(setting, why)?;
                if !matches!(algorithm, Algorithm::Es256 | Algorithm::EdDsa | Algorithm::Rs256) {
                    return Err(StartError::new(format!(
                        "nothing is signed with {algorithm} here: take ES256, EdDSA or RS256"
                    )));
                }
                if !(DAY..=3653 * DAY).contains(&schedule.rotate_every) {
                    return Err(StartError::new(
                        "the issuer's keys sign for a day to ten years: set that with \
                         `.rotate_every(…)`",
                    ));
                }
                if !(6 * MINUTE..=DAY / 2).contains(&schedule.publish_ahead) {
                    return Err(StartError::new(
                        "the issuer's keys are published six minutes to twelve hours before they \
                         sign, so that gates that fetch them every five have them: set that with \
                         `.publish_ahead(…)`",
                    ));
                }
                Ok(Settled::Store(algorithm, schedule))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SigningKey {
        SigningKey::generate(Algorithm::EdDsa).unwrap()
    }

    /// P3: a setting that would not be used, or not do what it should, does not start.
    #[test]
    fn p3_keys_that_are_set_wrongly_do_not_start() {
        let in_store = || SigningKeys::in_store(Algorithm::Es256);
        let twice = key();
        for (name, keys, said) in [
            ("given", SigningKeys::of(key()).and_before(key()), None),
            ("in the store", in_store(), None),
            ("a day", in_store().rotate_every(DAY), None),
            ("twice", SigningKeys::of(twice.clone()).and_before(twice), Some("given twice")),
            ("given, rotated", SigningKeys::of(key()).rotate_every(DAY), Some(".rotate_every(")),
            ("given, ahead", SigningKeys::of(key()).publish_ahead(DAY), Some(".publish_ahead(")),
            ("stored and given", in_store().and_before(key()), Some(".and_before(")),
            (
                "ES384",
                SigningKeys::in_store(Algorithm::Es384),
                Some("nothing is signed with ES384"),
            ),
            ("too often", in_store().rotate_every(DAY - MINUTE), Some("a day to ten years")),
            ("never", in_store().rotate_every(Duration::MAX), Some("a day to ten years")),
            ("at once", in_store().publish_ahead(5 * MINUTE), Some("six minutes")),
            ("too early", in_store().publish_ahead(DAY), Some("six minutes")),
        ] {
            let error = keys.settle().err().map(|error| error.to_string());
            match (&error, said) {
                (None, None) => {}
                (Some(error), Some(said)) => assert!(error.contains(said), "{name}: {error}"),
                _ => panic!("{name}: {error:?}"),
            }
        }
    }

    #[test]
    fn a_given_key_before_never_signs_and_never_goes() {
        let (new, old) = (key(), key());
        let keys = SigningKeys::of(new.clone()).and_before(old).settle().unwrap();
        let Settled::Given(ring) = keys else { panic!("they are given") };
        for now in [0, 1_800_000_000, Timestamp::MAX.as_secs() - 1] {
            let now = Timestamp::from_secs(now);
            assert_eq!(ring.signing(now).key.kid(), new.kid());
            assert_eq!(ring.published(now).count(), 2);
        }
    }
}
