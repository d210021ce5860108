//! The key ring in the store: made by whoever comes first, rotated by whoever notices first.

use std::fmt;
use std::sync::Arc;

use stepup_core::{Algorithm, Timestamp};

use super::key_record;
use super::key_ring::{KeyRing, Schedule};
use super::signing_key::SigningKey;
use crate::sealing::SealingKeys;
use crate::store::{Change, Commit, Epoch, Key, Kind, Revision, Store, StoreError, Write};

/// How often others may be faster before something is wrong.
const ATTEMPTS: usize = 8;

pub(super) struct StoredKeys {
    store: Arc<dyn Store>,
    sealing: Arc<SealingKeys>,
    issuer: String,
    key: [Key; 1],
    algorithm: Algorithm,
    schedule: Schedule,
}

/// What stands in the store.
struct Found {
    epoch: Epoch,
    revision: Option<Revision>,
    ring: Option<KeyRing>,
}

impl StoredKeys {
    pub(super) fn new(
        store: Arc<dyn Store>,
        sealing: Arc<SealingKeys>,
        issuer: &str,
        algorithm: Algorithm,
        schedule: Schedule,
    ) -> Self {
        let key = [Key::of(Kind::SigningKeys, &[issuer])];
        Self { store, sealing, issuer: issuer.to_owned(), key, algorithm, schedule }
    }

    /// The ring, made if there is none, and turned to the algorithm that is set now. Only when a
    /// service starts: while two versions of it run, they would turn it back and forth.
    pub(super) async fn open(&self, now: Timestamp) -> Result<KeyRing, StoreError> {
        let is_due =
            |ring: &KeyRing| ring.is_due(self.schedule, now) || !ring.turns_to(self.algorithm, now);
        self.read_or_write(None, now, is_due).await
    }

    /// The ring as it is now, with the next key if that is due. Where the store has lost it, what
    /// is at hand is put back.
    pub(super) async fn read(
        &self,
        at_hand: &KeyRing,
        now: Timestamp,
    ) -> Result<KeyRing, StoreError> {
        self.read_or_write(Some(at_hand), now, |ring| ring.is_due(self.schedule, now)).await
    }

    /// One new key, which signs at once, and none beside it.
    pub(super) async fn renew(&self, now: Timestamp) -> Result<KeyRing, StoreError> {
        let ring = KeyRing::of(self.generate()?, now);
        for _ in 0..ATTEMPTS {
            // What stands there goes, also if it cannot be read.
            let (epoch, record) = self.fetch().await?;
            let revision = record.map(|record| record.revision);
            if self.write(&ring, epoch, revision).await? == Commit::Done {
                return Ok(ring);
            }
        }
        Err(never_done())
    }

    async fn read_or_write(
        &self,
        at_hand: Option<&KeyRing>,
        now: Timestamp,
        is_due: impl Fn(&KeyRing) -> bool,
    ) -> Result<KeyRing, StoreError> {
        let mut made = None;
        for _ in 0..ATTEMPTS {
            let Found { epoch, revision, ring } = self.find().await?;
            if let Some(ring) = ring.as_ref().filter(|ring| !is_due(ring)) {
                return Ok(ring.clone());
            }
            let next = match (&ring, at_hand) {
                (None, Some(at_hand)) => at_hand.clone(),
                (found, _) => {
                    let key = match &made {
                        Some(key) => SigningKey::clone(key),
                        None => made.insert(self.generate()?).clone(),
                    };
                    match found {
                        Some(ring) => ring.with_next(key, self.schedule, now),
                        None => KeyRing::of(key, now),
                    }
                }
            };
            match (self.write(&next, epoch, revision).await, ring) {
                (Ok(Commit::Done), _) => return Ok(next),
                (Ok(Commit::Conflict), _) => {}
                (Err(error), None) => return Err(error),
                // It is good for longer than a store is away.
                (Err(error), Some(ring)) => {
                    tracing::warn!(reason = %error, "the next signing key cannot be written");
                    return Ok(ring);
                }
            }
        }
        Err(never_done())
    }

    async fn find(&self) -> Result<Found, StoreError> {
        let (epoch, record) = self.fetch().await?;
        let revision = record.as_ref().map(|record| record.revision);
        let open = |value: Vec<u8>| key_record::open(&value, &self.issuer, &self.sealing);
        let ring = record.map(|record| open(record.value)).transpose()?;
        Ok(Found { epoch, revision, ring })
    }

    async fn fetch(&self) -> Result<(Epoch, Option<crate::store::Record>), StoreError> {
        let snapshot = self.store.read(&self.key).await?;
        Ok((snapshot.epoch, snapshot.records.into_iter().next().flatten()))
    }

    async fn write(
        &self,
        ring: &KeyRing,
        epoch: Epoch,
        read: Option<Revision>,
    ) -> Result<Commit, StoreError> {
        let value = key_record::seal(ring, &self.issuer, &self.sealing)?;
        let [key] = self.key.clone();
        let write = Write::Put { revision: Revision::new()?, value, keep_until: None };
        self.store.commit(epoch, &[Change { key, read, write }]).await
    }

    fn generate(&self) -> Result<SigningKey, StoreError> {
        SigningKey::generate(self.algorithm)
            .map_err(|error| StoreError::Unavailable(error.to_string()))
    }
}

fn never_done() -> StoreError {
    StoreError::Unavailable("its signing keys change each time they are read".to_owned())
}

impl fmt::Debug for StoredKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredKeys")
            .field("store", &self.store)
            .field("algorithm", &self.algorithm)
            .field("schedule", &self.schedule)
            .finish_non_exhaustive()
    }
}
