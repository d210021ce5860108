//! Records in this process.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use stepup_core::Timestamp;

use super::key::Key;
use super::record::{Change, Commit, Epoch, Record, Revision, Snapshot, Write};
use super::{Store, StoreError, StoreFuture};

/// Keeps everything in memory: for tests, demonstrations, and services of a single process whose
/// users can enrol again after a restart. Two processes with a `MemoryStore` each are two
/// authorities, so what must be counted over both is not.
///
/// ```
/// use stepup_authority::store::MemoryStore;
/// let store = MemoryStore::new();
/// ```
pub struct MemoryStore {
    records: Mutex<Records>,
    epoch: Epoch,
    capacity: usize,
}

#[derive(Default)]
struct Records {
    by_key: HashMap<Key, (Record, Option<Timestamp>)>,
    /// Those that need not be kept for ever, the earliest first.
    by_time: BTreeSet<(Timestamp, Key)>,
}

impl MemoryStore {
    /// A store with room for 500,000 records: 250,000 ceremonies of as many users.
    ///
    /// ```
    /// let store = stepup_authority::store::MemoryStore::new();
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::with_capacity(500_000)
    }

    /// A store with room for this many records. What still counts is never thrown away to make
    /// room: a full store refuses.
    ///
    /// ```
    /// let store = stepup_authority::store::MemoryStore::with_capacity(10_000);
    /// ```
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self { records: Mutex::default(), epoch: Epoch::first(0), capacity }
    }

    /// Nothing panics while it is locked, so a poisoned lock is whole all the same.
    fn lock(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn commit_now(&self, epoch: Epoch, changes: &[Change]) -> Result<Commit, StoreError> {
        let mut records = self.lock();
        let as_read = changes.iter().all(|change| records.revision(&change.key) == change.read);
        if epoch != self.epoch || !as_read {
            return Ok(Commit::Conflict);
        }
        let is_new =
            |change: &&Change| change.read.is_none() && matches!(change.write, Write::Put { .. });
        if records.by_key.len() + changes.iter().filter(is_new).count() > self.capacity {
            return Err(StoreError::Full);
        }
        for Change { key, write, .. } in changes {
            match write {
                Write::Keep => {}
                Write::Put { revision, value, keep_until } => {
                    let record = Record { revision: *revision, value: value.clone() };
                    records.put(key.clone(), record, *keep_until);
                }
                Write::Remove => records.remove(key),
            }
        }
        Ok(Commit::Done)
    }
}

impl Records {
    fn revision(&self, key: &Key) -> Option<Revision> {
        self.by_key.get(key).map(|(record, _)| record.revision)
    }

    fn put(&mut self, key: Key, record: Record, keep_until: Option<Timestamp>) {
        self.remove(&key);
        self.by_time.extend(keep_until.map(|until| (until, key.clone())));
        self.by_key.insert(key, (record, keep_until));
    }

    fn remove(&mut self, key: &Key) {
        if let Some((_, Some(until))) = self.by_key.remove(key) {
            self.by_time.remove(&(until, key.clone()));
        }
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("capacity", &self.capacity).finish_non_exhaustive()
    }
}

impl Store for MemoryStore {
    fn read<'a>(&'a self, keys: &'a [Key]) -> StoreFuture<'a, Snapshot> {
        let records = self.lock();
        let read = |key| records.by_key.get(key).map(|(record, _)| record.clone());
        let records = keys.iter().map(read).collect();
        let snapshot = Snapshot { epoch: self.epoch, records };
        Box::pin(std::future::ready(Ok(snapshot)))
    }

    fn commit<'a>(&'a self, epoch: Epoch, changes: &'a [Change]) -> StoreFuture<'a, Commit> {
        Box::pin(std::future::ready(self.commit_now(epoch, changes)))
    }

    fn sweep(&self, before: Timestamp, limit: usize) -> StoreFuture<'_, usize> {
        let mut records = self.lock();
        let mut swept = 0;
        while swept < limit
            && let Some((until, key)) = records.by_time.first().cloned()
            && until < before
        {
            records.remove(&key);
            swept += 1;
        }
        Box::pin(std::future::ready(Ok(swept)))
    }
}
