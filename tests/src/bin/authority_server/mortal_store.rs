//! A store in whose commits the process can be made to end.

use std::process::Command;
use std::sync::{Arc, Mutex};

use stepup_authority::store::{Change, Commit, Epoch, Key, Snapshot, Store, StoreFuture};
use stepup_core::Timestamp;

/// When the process ends, if ever.
#[derive(Clone, Debug, Default)]
pub struct Death(Arc<Mutex<Option<Appointed>>>);

#[derive(Clone, Copy, Debug)]
struct Appointed {
    when: When,
    /// The commit with which it comes; the next is the first.
    commits: u32,
}

/// On which side of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// The store never hears of it.
    Before,
    /// It is done, and nobody is told.
    After,
}

impl Death {
    pub fn appoint(&self, when: When, commits: u32) {
        *self.0.lock().expect("nothing panicked with it") = Some(Appointed { when, commits });
    }

    /// Counts a commit.
    fn comes_with_this_commit(&self) -> Option<When> {
        let mut appointed = self.0.lock().expect("nothing panicked with it");
        let appointed = appointed.as_mut()?;
        appointed.commits = appointed.commits.saturating_sub(1);
        (appointed.commits == 0).then_some(appointed.when)
    }
}

#[derive(Debug)]
pub struct MortalStore {
    store: Arc<dyn Store>,
    death: Death,
}

impl MortalStore {
    pub fn new(store: Arc<dyn Store>, death: Death) -> Self {
        Self { store, death }
    }
}

impl Store for MortalStore {
    fn read<'a>(&'a self, keys: &'a [Key]) -> StoreFuture<'a, Snapshot> {
        self.store.read(keys)
    }

    fn commit<'a>(&'a self, epoch: Epoch, changes: &'a [Change]) -> StoreFuture<'a, Commit> {
        Box::pin(async move {
            let death = self.death.comes_with_this_commit();
            if death == Some(When::Before) {
                die();
            }
            let commit = self.store.commit(epoch, changes).await;
            if death == Some(When::After) {
                assert_eq!(commit, Ok(Commit::Done));
                die();
            }
            commit
        })
    }

    fn sweep(&self, before: Timestamp, limit: usize) -> StoreFuture<'_, usize> {
        self.store.sweep(before, limit)
    }
}

/// `kill -9`: nothing is written, closed or answered any more. This thread does not go on until
/// the signal is there.
fn die() -> ! {
    let id = std::process::id().to_string();
    let killed = Command::new("kill").args(["-9", &id]).status();
    killed.expect("`kill` is installed");
    loop {
        std::thread::park();
    }
}
