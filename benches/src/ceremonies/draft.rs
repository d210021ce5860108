//! Records that are written into a store at once.

use std::collections::HashMap;
use std::fmt;
use std::future::ready;
use std::sync::{Mutex, MutexGuard, PoisonError};

use stepup_authority::store::{
    Change, Commit, Epoch, Key, Kind, Record, Snapshot, Store, StoreError, StoreFuture, Write,
};
use stepup_core::Timestamp;

use crate::Failure;

/// How many records are poured at once.
const AT_ONCE: usize = 1_000;

type Records = HashMap<Key, (Record, Option<Timestamp>)>;

/// A store in memory whose records are then poured into another, a database say, that would take
/// an hour for the requests that made them.
pub(crate) struct Draft {
    records: Mutex<Records>,
    epoch: Epoch,
}

impl Draft {
    /// Of this store, whose epoch the records are of.
    pub(crate) async fn of(store: &dyn Store) -> Result<Self, Failure> {
        let none = [Key::of(Kind::Account, &["nobody"])];
        let epoch = store.read(&none).await?.epoch;
        Ok(Self { records: Mutex::default(), epoch })
    }

    /// All of it.
    pub(crate) async fn pour(&self, store: &dyn Store) -> Result<(), Failure> {
        let records = std::mem::take(&mut *self.lock());
        let mut changes = records.into_iter().map(|(key, (record, keep_until))| {
            let Record { revision, value } = record;
            Change { key, read: None, write: Write::Put { revision, value, keep_until } }
        });
        loop {
            let some: Vec<Change> = changes.by_ref().take(AT_ONCE).collect();
            if some.is_empty() {
                return Ok(());
            }
            if store.commit(self.epoch, &some).await? != Commit::Done {
                return Err("the store was not empty".into());
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn commit_now(&self, epoch: Epoch, changes: &[Change]) -> Commit {
        let mut records = self.lock();
        let as_read = changes.iter().all(|change| {
            change.read == records.get(&change.key).map(|(record, _)| record.revision)
        });
        if epoch != self.epoch || !as_read {
            return Commit::Conflict;
        }
        for Change { key, write, .. } in changes {
            match write {
                Write::Keep => {}
                Write::Put { revision, value, keep_until } => {
                    let record = Record { revision: *revision, value: value.clone() };
                    records.insert(key.clone(), (record, *keep_until));
                }
                Write::Remove => {
                    records.remove(key);
                }
            }
        }
        Commit::Done
    }
}

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft").field("epoch", &self.epoch).finish_non_exhaustive()
    }
}

impl Store for Draft {
    fn read<'a>(&'a self, keys: &'a [Key]) -> StoreFuture<'a, Snapshot> {
        let all = self.lock();
        let records = keys.iter().map(|key| Some(all.get(key)?.0.clone())).collect();
        Box::pin(ready(Ok(Snapshot { epoch: self.epoch, records })))
    }

    fn commit<'a>(&'a self, epoch: Epoch, changes: &'a [Change]) -> StoreFuture<'a, Commit> {
        Box::pin(ready(Ok(self.commit_now(epoch, changes))))
    }

    fn sweep(&self, _: Timestamp, _: usize) -> StoreFuture<'_, usize> {
        Box::pin(ready(Ok::<_, StoreError>(0)))
    }
}
