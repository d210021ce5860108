//! A sound store passes, and each way to be wrong is found by the case that is about it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use stepup_core::Timestamp;

use super::{Nonconformance, Suite};
use crate::store::{
    Change, Commit, Epoch, Key, MemoryStore, Revision, Snapshot, Store, StoreError, StoreFuture,
    Write,
};

async fn run(store: impl Store) -> Result<(), Nonconformance> {
    let store: Arc<dyn Store> = Arc::new(store);
    Suite::new().rounds(10).run(async || Ok(store.clone())).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s1_the_store_in_memory_conforms() {
    run(MemoryStore::new()).await.unwrap();
}

/// What is wrong with it.
#[derive(Clone, Copy, Debug)]
enum Flaw {
    Absent,
    Bytes,
    Order,
    Creates,
    LastWriteWins,
    RemovesUnread,
    ForgetsKeep,
    OneByOne,
    RevisionsCount,
    AnyEpoch,
    SweepsNothingItSays,
    SweepsAll,
    NoLimit,
    FirstWordCounts,
    TakesTwice,
    CountsTwice,
    KeepsBeforehand,
    AbsenceBeforehand,
    EpochOfEachHandle,
    Unavailable,
}

#[derive(Debug)]
struct Flawed {
    flaw: Flaw,
    store: MemoryStore,
    calls: AtomicUsize,
}

impl Flawed {
    /// What it commits in place of what it was told to.
    async fn bent(&self, changes: &[Change]) -> Result<Vec<Change>, StoreError> {
        let keys: Vec<Key> = changes.iter().map(|change| change.key.clone()).collect();
        let now = self.store.read(&keys).await?.records;
        let now: Vec<_> = now.iter().map(|record| record.as_ref().map(|r| r.revision)).collect();
        let contended = changes.len() > 1;
        let mut bent = changes.to_vec();
        for (change, now) in bent.iter_mut().zip(now) {
            let (put, keep) =
                (matches!(change.write, Write::Put { .. }), matches!(change.write, Write::Keep));
            let removal = matches!(change.write, Write::Remove);
            let blind = match self.flaw {
                Flaw::Creates => put && change.read.is_none(),
                Flaw::LastWriteWins => put && change.read.is_some(),
                Flaw::RemovesUnread => removal && !contended,
                Flaw::ForgetsKeep => keep,
                _ => false,
            };
            if blind {
                change.read = now;
            }
            match (&mut change.write, self.flaw) {
                (Write::Put { value, .. }, Flaw::Bytes) => value.retain(|byte| *byte != 0),
                (Write::Put { revision, .. }, Flaw::RevisionsCount) => {
                    *revision = Revision::from_u64(now.map_or(1, |now| now.as_u64() + 1));
                }
                (Write::Put { keep_until, .. }, Flaw::FirstWordCounts) if now.is_some() => {
                    *keep_until = Some(Timestamp::from_secs(0));
                }
                _ => {}
            }
        }
        Ok(bent)
    }

    async fn commit_flawed(&self, epoch: Epoch, asked: &[Change]) -> Result<Commit, StoreError> {
        let first = self.calls.fetch_add(1, Ordering::Relaxed);
        let epoch = match self.flaw {
            Flaw::AnyEpoch => self.store.read(&[]).await?.epoch,
            _ => epoch,
        };
        let mut changes = self.bent(asked).await?;
        match self.flaw {
            Flaw::Unavailable if first == 100 => {
                return Err(StoreError::Unavailable("a wire was cut".to_owned()));
            }
            Flaw::OneByOne => {
                let mut commit = Commit::Done;
                for change in &changes {
                    if self.store.commit(epoch, std::slice::from_ref(change)).await?
                        == Commit::Conflict
                    {
                        commit = Commit::Conflict;
                    }
                }
                return Ok(commit);
            }
            // A look, a while, and a deed: what goes wrong without a lock.
            Flaw::TakesTwice
            | Flaw::CountsTwice
            | Flaw::KeepsBeforehand
            | Flaw::AbsenceBeforehand => {
                let keys: Vec<Key> = changes.iter().map(|change| change.key.clone()).collect();
                let before = self.store.read(&keys).await?.records;
                let as_read = |(change, now): (&Change, &Option<crate::store::Record>)| {
                    change.read == now.as_ref().map(|record| record.revision)
                };
                if !changes.iter().zip(&before).all(as_read) {
                    return Ok(Commit::Conflict);
                }
                let applies = match self.flaw {
                    Flaw::TakesTwice => changes.iter().any(|c| matches!(c.write, Write::Remove)),
                    Flaw::CountsTwice => changes.len() == 1,
                    Flaw::KeepsBeforehand => {
                        changes.iter().any(|c| matches!(c.write, Write::Keep))
                            && changes.iter().all(|c| c.read.is_some())
                    }
                    _ => {
                        changes.iter().any(|c| matches!(c.write, Write::Keep))
                            && changes.iter().all(|c| c.read.is_none())
                    }
                };
                if applies {
                    for _ in 0..100 {
                        tokio::task::yield_now().await;
                    }
                    if !matches!(self.flaw, Flaw::TakesTwice | Flaw::CountsTwice) {
                        changes.retain(|change| !matches!(change.write, Write::Keep));
                        return self.store.commit(epoch, &changes).await;
                    }
                    let now = self.store.read(&keys).await?.records;
                    for (change, now) in changes.iter_mut().zip(now) {
                        change.read = now.map(|record| record.revision);
                    }
                }
            }
            _ => {}
        }
        self.store.commit(epoch, &changes).await
    }
}

impl Store for Flawed {
    fn read<'a>(&'a self, keys: &'a [Key]) -> StoreFuture<'a, Snapshot> {
        Box::pin(async move {
            let mut read = self.store.read(keys).await?;
            match self.flaw {
                Flaw::Absent => {
                    for record in &mut read.records {
                        let empty = crate::store::Record {
                            revision: Revision::from_u64(0),
                            value: Vec::new(),
                        };
                        record.get_or_insert(empty);
                    }
                }
                Flaw::Order => {
                    read.records.sort_by_key(|record| record.as_ref().map(|r| r.value.clone()));
                }
                Flaw::EpochOfEachHandle => {
                    let id = self.calls.fetch_add(1, Ordering::Relaxed);
                    read.epoch = Epoch::first(id as u64);
                }
                _ => {}
            }
            Ok(read)
        })
    }

    fn commit<'a>(&'a self, epoch: Epoch, changes: &'a [Change]) -> StoreFuture<'a, Commit> {
        Box::pin(self.commit_flawed(epoch, changes))
    }

    fn sweep(&self, before: Timestamp, limit: usize) -> StoreFuture<'_, usize> {
        match self.flaw {
            Flaw::SweepsNothingItSays => Box::pin(async move {
                self.store.sweep(before, limit).await?;
                Ok(0)
            }),
            Flaw::SweepsAll => self.store.sweep(Timestamp::MAX, limit),
            Flaw::NoLimit => self.store.sweep(before, limit.saturating_mul(10)),
            _ => self.store.sweep(before, limit),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_flaw_is_found() {
    for (flaw, case) in [
        (Flaw::EpochOfEachHandle, "open"),
        (Flaw::Absent, "records::absent"),
        (Flaw::Bytes, "records::bytes"),
        (Flaw::RevisionsCount, "records::bytes"),
        (Flaw::Order, "records::order"),
        (Flaw::Creates, "commits::creation"),
        (Flaw::LastWriteWins, "commits::replacement"),
        (Flaw::RemovesUnread, "commits::removal"),
        (Flaw::ForgetsKeep, "commits::keeping"),
        (Flaw::OneByOne, "commits::keeping"),
        (Flaw::AnyEpoch, "commits::epoch"),
        (Flaw::SweepsNothingItSays, "keeping::sweeps_what_is_past"),
        (Flaw::SweepsAll, "keeping::never_sweeps_what_stays"),
        (Flaw::NoLimit, "keeping::keeps_to_the_limit"),
        (Flaw::FirstWordCounts, "keeping::last_word_counts"),
        (Flaw::TakesTwice, "races::s1_one_taker"),
        (Flaw::CountsTwice, "races::no_increment_is_lost"),
        (Flaw::KeepsBeforehand, "skew::kept_records"),
        (Flaw::AbsenceBeforehand, "skew::kept_absences"),
    ] {
        let flawed = Flawed { flaw, store: MemoryStore::new(), calls: AtomicUsize::new(0) };
        let found = run(flawed).await.expect_err(&format!("{flaw:?} passes"));
        assert_eq!(found.case(), case, "{flaw:?}: {found}");
    }
}

#[tokio::test]
async fn an_error_is_told_with_its_case() {
    let flaw = Flaw::Unavailable;
    let flawed = Flawed { flaw, store: MemoryStore::new(), calls: AtomicUsize::new(0) };
    let found = run(flawed).await.unwrap_err().to_string();
    let (case, reason) = found.split_once(": ").unwrap();
    assert!(case.contains("::"), "{found}");
    assert_eq!(reason, "an error where none is due: the store cannot be reached: a wire was cut");
    let refused = async || Err(StoreError::Refused("too old".to_owned()));
    let found = Suite::new().run(refused).await.unwrap_err().to_string();
    assert_eq!(found, "open: it does not open: the store is refused: too old");
}

/// A store that never answers is not waited for without end.
#[tokio::test(start_paused = true)]
async fn a_deadlock_is_told() {
    let found = super::in_time("races::some", std::future::pending()).await.unwrap_err();
    assert_eq!(found.to_string(), "races::some: it did not end within 60 s: is there a deadlock?");
}
