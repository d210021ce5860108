//! The key ring at hand: read again now and then, and passed on to the gates of this process.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use serde_json::json;
use stepup_core::{Clock, KeySet, LiveKeys, Timestamp};
use tokio::runtime::Handle;
use tokio::sync::Mutex;
use tokio::time::error::Elapsed;
use tokio::time::timeout;

use super::key_ring::{KeyRing, STALE_LIMIT};
use super::signing_key::SigningKey;
use super::stored_keys::StoredKeys;
use crate::store::StoreError;

/// How old the ring becomes before it is read again.
const READ_AGAIN_AFTER: Duration = Duration::from_secs(30);
/// A store that hangs is not waited for: others wait for who reads.
const READS_WITHIN: Duration = Duration::from_millis(250);

/// Others may be writing keys at the same moment.
const RENEWED_WITHIN: Duration = Duration::from_secs(5);

fn hangs<T>(_: Elapsed) -> Result<T, StoreError> {
    Err(StoreError::Unavailable("it does not answer in time".to_owned()))
}
/// When to try again after that failed, while the ring at hand may still be used.
const RETRY_AFTER: u64 = 5;

#[derive(Debug)]
pub(super) struct HeldKeys {
    /// `None`: they were given, and stay.
    stored: Option<StoredKeys>,
    clock: Arc<dyn Clock>,
    held: RwLock<Held>,
    live: LiveKeys,
    /// One at a time reads; the others go on with what is at hand.
    reading: Mutex<()>,
}

#[derive(Clone, Debug)]
struct Held {
    ring: Arc<KeyRing>,
    read_at: Timestamp,
    tried_at: Timestamp,
    /// The names of the keys that the gates have.
    live: Vec<String>,
}

impl Held {
    /// As long ago as that at most. A clock that was put back says nothing of how long ago it was,
    /// so as far back counts as long ago.
    fn is_within(&self, span: Duration, now: Timestamp) -> bool {
        now.seconds_since(self.read_at).max(self.read_at.seconds_since(now)) <= span.as_secs()
    }

    fn was_tried(&self, now: Timestamp) -> bool {
        self.tried_at <= now && now.seconds_since(self.tried_at) < RETRY_AFTER
    }
}

impl HeldKeys {
    pub(super) fn given(ring: KeyRing, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        Self::new(None, ring, clock)
    }

    pub(super) async fn open(
        stored: StoredKeys,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, StoreError> {
        let ring = stored.open(clock.now()).await?;
        let held = Arc::new(Self::new(Some(stored), ring, clock)?);
        // Gates verify without asking for keys, so somebody has to look for what other instances
        // did: a key that was withdrawn there is to end here too.
        if let Ok(runtime) = Handle::try_current() {
            let held = Arc::downgrade(&held);
            runtime.spawn(async move {
                loop {
                    tokio::time::sleep(READ_AGAIN_AFTER).await;
                    let Some(held) = held.upgrade() else { return };
                    let _ = held.current().await;
                }
            });
        }
        Ok(held)
    }

    fn new(
        stored: Option<StoredKeys>,
        ring: KeyRing,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StoreError> {
        let now = clock.now();
        let live = LiveKeys::new(key_set(&ring, now)?);
        let ring = Arc::new(ring);
        let held = Held { live: names(&ring, now), ring, read_at: now, tried_at: now };
        Ok(Self { stored, clock, held: RwLock::new(held), live, reading: Mutex::default() })
    }

    /// What the gates of this process verify with.
    pub(super) const fn live(&self) -> &LiveKeys {
        &self.live
    }

    /// The ring, not older than it may be.
    pub(super) async fn current(&self) -> Result<Arc<KeyRing>, StoreError> {
        let Some(stored) = &self.stored else { return Ok(self.held().ring) };
        let (held, now) = (self.held(), self.clock.now());
        if held.is_within(READ_AGAIN_AFTER, now) {
            return Ok(held.ring);
        }
        let may_be_used = held.is_within(STALE_LIMIT, now);
        if may_be_used && held.was_tried(now) {
            return Ok(held.ring);
        }
        let _reading = match self.reading.try_lock() {
            Ok(reading) => reading,
            Err(_) if may_be_used => return Ok(held.ring),
            Err(_) => self.reading.lock().await,
        };
        // Somebody else may just have done it.
        let (held, now) = (self.held(), self.clock.now());
        if held.is_within(READ_AGAIN_AFTER, now) {
            return Ok(held.ring);
        }
        let read = timeout(READS_WITHIN, stored.read(&held.ring, now)).await;
        match read.unwrap_or_else(hangs) {
            Ok(ring) => self.adopt(ring, now),
            Err(error) => {
                tracing::warn!(reason = %error, "the signing keys cannot be read");
                let ring = self.keep(held, now)?;
                if may_be_used { Ok(ring) } else { Err(error) }
            }
        }
    }

    /// Ends all keys and begins with a new one. `None` if they were given.
    pub(super) async fn renew(&self) -> Option<Result<(), StoreError>> {
        let stored = self.stored.as_ref()?;
        let _reading = self.reading.lock().await;
        let now = self.clock.now();
        let renewed = timeout(RENEWED_WITHIN, stored.renew(now)).await.unwrap_or_else(hangs);
        Some(renewed.and_then(|ring| self.adopt(ring, now)).map(|_| ()))
    }

    /// Only by who holds `reading`, as [`keep`](Self::keep).
    fn adopt(&self, ring: KeyRing, now: Timestamp) -> Result<Arc<KeyRing>, StoreError> {
        let held = Held { ring: Arc::new(ring), read_at: now, ..self.held() };
        self.keep(held, now)
    }

    fn keep(&self, held: Held, now: Timestamp) -> Result<Arc<KeyRing>, StoreError> {
        let live = names(&held.ring, now);
        if live != held.live {
            self.live.replace(key_set(&held.ring, now)?);
        }
        let ring = Arc::clone(&held.ring);
        let mut current = self.held.write().unwrap_or_else(PoisonError::into_inner);
        *current = Held { live, tried_at: now, ..held };
        Ok(ring)
    }

    fn held(&self) -> Held {
        self.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn names(ring: &KeyRing, now: Timestamp) -> Vec<String> {
    ring.published(now).map(|key| key.kid().to_owned()).collect()
}

/// The key set as it is published (RFC 7517 §5).
pub(super) fn jwks(ring: &KeyRing, now: Timestamp) -> Vec<u8> {
    let keys: Vec<_> = ring.published(now).map(SigningKey::public).collect();
    json!({ "keys": keys }).to_string().into_bytes()
}

fn key_set(ring: &KeyRing, now: Timestamp) -> Result<KeySet, StoreError> {
    KeySet::from_jwks(&jwks(ring, now)).map_err(|error| StoreError::Refused(error.to_string()))
}

mod stage;
mod tests;
