//! The store that is looked at, through two handles.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use stepup_core::Timestamp;

use super::Nonconformance;
use crate::store::{Change, Commit, Epoch, Key, Kind, Record, Revision, Store, StoreError, Write};

/// How a case went.
pub(super) type Outcome<T = ()> = Result<T, Nonconformance>;

/// Two handles to one store.
pub(super) struct Subject {
    pub(super) one: Arc<dyn Store>,
    pub(super) other: Arc<dyn Store>,
    pub(super) epoch: Epoch,
    /// Of this run, so that what an earlier one left is not in the way.
    run: String,
    keys: AtomicU64,
}

impl Subject {
    pub(super) async fn new(one: Arc<dyn Store>, other: Arc<dyn Store>) -> Outcome<Self> {
        let epoch = one.read(&[]).await?.epoch;
        equal("the epoch that the second handle gives", &epoch, &other.read(&[]).await?.epoch)?;
        let run = Revision::new()?.as_u64().to_string();
        Ok(Self { one, other, epoch, run, keys: AtomicU64::new(0) })
    }

    /// A key that nothing stands under.
    pub(super) fn key(&self) -> Key {
        self.key_of(Kind::Ceremony)
    }

    pub(super) fn key_of(&self, kind: Kind) -> Key {
        let number = self.keys.fetch_add(1, Ordering::Relaxed).to_string();
        Key::of(kind, &["conformance", &self.run, &number])
    }

    /// That many, no two alike, the smallest first.
    pub(super) fn keys<const N: usize>(&self) -> [Key; N] {
        let mut keys = std::array::from_fn(|_| self.key());
        keys.sort();
        keys
    }

    /// Handles in turn.
    pub(super) fn handle(&self, number: usize) -> Arc<dyn Store> {
        if number.is_multiple_of(2) { self.one.clone() } else { self.other.clone() }
    }

    pub(super) async fn commit(&self, changes: &[Change]) -> Result<Commit, StoreError> {
        self.one.commit(self.epoch, changes).await
    }

    /// A commit that has to go well.
    pub(super) async fn done(&self, what: &str, changes: &[Change]) -> Outcome {
        equal(what, &Commit::Done, &self.commit(changes).await?)
    }

    /// A commit that must not, and changes none of these records.
    pub(super) async fn conflict(&self, what: &str, changes: &[Change], keys: &[Key]) -> Outcome {
        let before = self.one.read(keys).await?;
        equal(what, &Commit::Conflict, &self.commit(changes).await?)?;
        let after = self.other.read(keys).await?;
        match before == after {
            true => Ok(()),
            false => Err(format!("{what}: it was a conflict, and yet it changed a record").into()),
        }
    }

    /// Creates a record that may never be thrown away.
    pub(super) async fn create(&self, key: &Key, value: &[u8]) -> Outcome<Revision> {
        let (change, revision) = put(key, None, value)?;
        self.done("a record is created", &[change]).await?;
        Ok(revision)
    }

    /// What stands there, as the other handle sees it.
    pub(super) async fn read(&self, key: &Key) -> Outcome<Option<Record>> {
        read(&*self.other, key).await
    }

    /// That this stands there, in the eyes of both.
    pub(super) async fn stands(
        &self,
        what: &str,
        key: &Key,
        expected: Option<(Revision, &[u8])>,
    ) -> Outcome {
        let expected =
            expected.map(|(revision, value)| Record { revision, value: value.to_owned() });
        for handle in [&self.one, &self.other] {
            let found = read(&**handle, key).await?;
            if found != expected {
                let expected = described(expected.as_ref());
                let found = described(found.as_ref());
                return Err(format!("{what}: expected {expected}, found {found}").into());
            }
        }
        Ok(())
    }
}

/// What stands under one key.
pub(super) async fn read(store: &dyn Store, key: &Key) -> Outcome<Option<Record>> {
    let mut records = store.read(std::slice::from_ref(key)).await?.records;
    equal("records read for one key", &1, &records.len())?;
    Ok(records.pop().flatten())
}

/// A value that stays.
pub(super) fn put(
    key: &Key,
    read: Option<Revision>,
    value: &[u8],
) -> Result<(Change, Revision), StoreError> {
    put_until(key, read, value, None)
}

pub(super) fn put_until(
    key: &Key,
    read: Option<Revision>,
    value: &[u8],
    keep_until: Option<Timestamp>,
) -> Result<(Change, Revision), StoreError> {
    let revision = Revision::new()?;
    let write = Write::Put { revision, value: value.to_owned(), keep_until };
    Ok((Change { key: key.clone(), read, write }, revision))
}

pub(super) fn remove(key: &Key, read: Option<Revision>) -> Change {
    Change { key: key.clone(), read, write: Write::Remove }
}

pub(super) fn keep(key: &Key, read: Option<Revision>) -> Change {
    Change { key: key.clone(), read, write: Write::Keep }
}

pub(super) fn equal<T: fmt::Debug + PartialEq>(what: &str, expected: &T, found: &T) -> Outcome {
    match expected == found {
        true => Ok(()),
        false => Err(format!("{what}: expected {expected:?}, found {found:?}").into()),
    }
}

fn described(record: Option<&Record>) -> String {
    record.map_or_else(
        || "no record".to_owned(),
        |Record { revision, value }| {
            format!("revision {} with {} bytes", revision.as_u64(), value.len())
        },
    )
}
