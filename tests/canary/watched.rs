//! A store that looks on: what is written, and what work a request makes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use stepup_authority::store::{Change, Commit, Epoch, Key, Snapshot, Store, StoreFuture, Write};
use stepup_core::Timestamp;

/// A store around another.
#[derive(Clone, Debug)]
pub struct Watched {
    inner: Arc<dyn Store>,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Debug, Default)]
struct Seen {
    written: Vec<Vec<u8>>,
    work: Vec<String>,
    live: HashMap<Key, Option<Timestamp>>,
    most: usize,
}

impl Watched {
    pub fn new(inner: Arc<dyn Store>) -> Self {
        Self { inner, seen: Arc::default() }
    }

    /// All that was ever written.
    pub fn written(&self) -> Vec<u8> {
        self.seen.lock().unwrap().written.join(&b'\n')
    }

    /// What was done since it was last asked: each operation, with the kinds of its records.
    pub fn work(&self) -> Vec<String> {
        std::mem::take(&mut self.seen.lock().unwrap().work)
    }

    /// The most records that there ever were at a time.
    pub fn most(&self) -> usize {
        self.seen.lock().unwrap().most
    }
}

impl Store for Watched {
    fn read<'a>(&'a self, keys: &'a [Key]) -> StoreFuture<'a, Snapshot> {
        self.seen.lock().unwrap().work.push(format!("read {keys:?}"));
        self.inner.read(keys)
    }

    fn commit<'a>(&'a self, epoch: Epoch, changes: &'a [Change]) -> StoreFuture<'a, Commit> {
        Box::pin(async move {
            let done = self.inner.commit(epoch, changes).await;
            let mut seen = self.seen.lock().unwrap();
            let each = |change: &Change| format!("{:?} {:?}", change.key, change.write);
            let each: Vec<_> = changes.iter().map(each).collect();
            seen.work.push(format!("commit {each:?}"));
            for change in changes.iter().filter(|_| done == Ok(Commit::Done)) {
                match &change.write {
                    Write::Keep => {}
                    Write::Put { value, keep_until, .. } => {
                        seen.written.push(value.clone());
                        seen.written.push(change.key.as_str().as_bytes().to_vec());
                        seen.live.insert(change.key.clone(), *keep_until);
                    }
                    Write::Remove => drop(seen.live.remove(&change.key)),
                }
            }
            seen.most = seen.most.max(seen.live.len());
            done
        })
    }

    fn sweep(&self, before: Timestamp, limit: usize) -> StoreFuture<'_, usize> {
        Box::pin(async move {
            let swept = self.inner.sweep(before, limit).await?;
            if swept < limit {
                let counts = |until: &Option<Timestamp>| until.is_none_or(|until| until >= before);
                self.seen.lock().unwrap().live.retain(|_, until| counts(until));
            }
            Ok(swept)
        })
    }
}
