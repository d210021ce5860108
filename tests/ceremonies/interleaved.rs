//! A store in memory at which requests overtake each other.

use stepup_authority::store::{
    Change, Commit, Epoch, Key, MemoryStore, Snapshot, Store, StoreFuture,
};
use stepup_core::Timestamp;

/// Whoever has read waits until all others that are there have read too: of a thousand requests at
/// once, each then decides by what was there before the first of them wrote.
#[derive(Debug, Default)]
pub struct Interleaved(MemoryStore);

impl Store for Interleaved {
    fn read<'a>(&'a self, keys: &'a [Key]) -> StoreFuture<'a, Snapshot> {
        Box::pin(async {
            let read = self.0.read(keys).await;
            tokio::task::yield_now().await;
            read
        })
    }

    fn commit<'a>(&'a self, epoch: Epoch, changes: &'a [Change]) -> StoreFuture<'a, Commit> {
        self.0.commit(epoch, changes)
    }

    fn sweep(&self, before: Timestamp, limit: usize) -> StoreFuture<'_, usize> {
        self.0.sweep(before, limit)
    }
}
