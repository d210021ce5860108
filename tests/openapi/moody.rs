//! A store that does not always do what it should.

use std::sync::Mutex;

use stepup_authority::store::{
    Change, Commit, Epoch, Key, MemoryStore, Snapshot, Store, StoreError, StoreFuture,
};
use stepup_core::Timestamp;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mood {
    #[default]
    Good,
    Away,
    Full,
    /// It lost writes, and says so.
    Forgetful,
}

#[derive(Debug, Default)]
pub struct Moody {
    store: MemoryStore,
    mood: Mutex<Mood>,
}

impl Moody {
    pub fn set(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    fn mood(&self) -> Mood {
        *self.mood.lock().unwrap()
    }

    fn shown(&self, epoch: Epoch) -> Epoch {
        if self.mood() == Mood::Forgetful {
            Epoch::after_loss(epoch.id() + 1, Timestamp::from_secs(1))
        } else {
            epoch
        }
    }
}

fn away() -> StoreError {
    StoreError::Unavailable("it is away".to_owned())
}

impl Store for Moody {
    fn read<'a>(&'a self, keys: &'a [Key]) -> StoreFuture<'a, Snapshot> {
        Box::pin(async move {
            if self.mood() == Mood::Away {
                return Err(away());
            }
            let snapshot = self.store.read(keys).await?;
            Ok(Snapshot { epoch: self.shown(snapshot.epoch), ..snapshot })
        })
    }

    fn commit<'a>(&'a self, epoch: Epoch, changes: &'a [Change]) -> StoreFuture<'a, Commit> {
        Box::pin(async move {
            match self.mood() {
                Mood::Away => return Err(away()),
                Mood::Full => return Err(StoreError::Full),
                Mood::Good | Mood::Forgetful => {}
            }
            let own = self.store.read(&[]).await?.epoch;
            let epoch = if epoch == self.shown(own) { own } else { epoch };
            self.store.commit(epoch, changes).await
        })
    }

    fn sweep(&self, before: Timestamp, limit: usize) -> StoreFuture<'_, usize> {
        self.store.sweep(before, limit)
    }
}
