//! What one request reads and changes, as one.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use stepup_core::Timestamp;
use tokio::time::{Instant, timeout_at};

use crate::account::Account;
use crate::ceremony::{AnyCeremony, Binding, read_ceremony};
use crate::limits::DAY;
use crate::problem::{Problem, Refusal};
use crate::sends::{DestinationSends, PrefixSends};
use crate::store::{Change, Commit, Epoch, Key, Record, Revision, Store, StoreError, Write};

/// The keys of what a request is about.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    pub(crate) account: Key,
    pub(crate) ceremony: Option<Key>,
    pub(crate) destination: Option<Key>,
    pub(crate) prefix: Option<Key>,
}

/// What stands under them. A change of it is written if all of it still is what was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Books {
    pub(crate) epoch: Epoch,
    pub(crate) account: Account,
    pub(crate) ceremony: Option<AnyCeremony>,
    pub(crate) destination: DestinationSends,
    pub(crate) prefix: PrefixSends,
}

impl Keys {
    pub(crate) const fn of_account(account: Key) -> Self {
        Self { account, ceremony: None, destination: None, prefix: None }
    }

    pub(crate) fn with_ceremony(self, ceremony: Key) -> Self {
        Self { ceremony: Some(ceremony), ..self }
    }

    pub(crate) fn with_sends(self, destination: Key, prefix: Option<Key>) -> Self {
        Self { destination: Some(destination), prefix, ..self }
    }

    fn all(&self) -> Vec<Key> {
        let Self { account, ceremony, destination, prefix } = self;
        let others = [ceremony, destination, prefix];
        let mut keys = vec![account.clone()];
        keys.extend(others.into_iter().flatten().cloned());
        keys
    }
}

/// The store, for one request: no longer than a request may take.
#[derive(Debug)]
pub(crate) struct Desk {
    store: Arc<dyn Store>,
    deadline: Instant,
}

impl Desk {
    pub(crate) fn open(store: &Arc<dyn Store>, patience: Duration) -> Self {
        Self { store: store.clone(), deadline: Instant::now() + patience }
    }

    /// The same, when something else took this long in between.
    pub(crate) fn after(&self, elsewhere: Duration) -> Self {
        Self { store: self.store.clone(), deadline: self.deadline + elsewhere }
    }

    /// Whatever else may have to wait for the store.
    pub(crate) async fn wait_for<T>(
        &self,
        operation: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        match timeout_at(self.deadline, operation).await {
            Ok(done) => done,
            Err(_) => Err(StoreError::Unavailable("it does not answer in time".to_owned())),
        }
    }

    /// Reads, decides and writes what `decide` changed, all of it or nothing. Where another
    /// request was faster, it is read and decided again: `decide` has no other effect.
    ///
    /// # Errors
    ///
    /// What `decide` refuses, of which nothing is written; or a store that does not do it.
    pub(crate) async fn change<T>(
        &self,
        keys: &Keys,
        now: Timestamp,
        mut decide: impl FnMut(&mut Books) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        loop {
            let (before, records) = self.read_with_records(keys).await?;
            let mut healed = before.clone();
            healed.heal(now);
            let mut after = healed.clone();
            let decided = decide(&mut after);
            // What is refused changes nothing, but for what a wrong clock left there.
            let after = if decided.is_ok() { after } else { healed };
            if after == before {
                return decided;
            }
            let changes = changes(keys, &records, &before, after, now)?;
            match self.wait_for(self.store.commit(before.epoch, &changes)).await? {
                Commit::Done => return decided,
                Commit::Conflict => {}
            }
        }
    }

    /// Reads alone.
    pub(crate) async fn read(&self, keys: &Keys) -> Result<Books, StoreError> {
        Ok(self.read_with_records(keys).await?.0)
    }

    async fn read_with_records(
        &self,
        keys: &Keys,
    ) -> Result<(Books, Vec<Option<Record>>), StoreError> {
        let all = keys.all();
        let snapshot = self.wait_for(self.store.read(&all)).await?;
        let mut records = snapshot.records.iter();
        let mut next = |key: bool| if key { records.next().and_then(Option::as_ref) } else { None };
        let account = read(next(true))?;
        let ceremony = next(keys.ceremony.is_some());
        let ceremony = ceremony.map(|record| read_ceremony(&record.value)).transpose()?;
        let destination = read(next(keys.destination.is_some()))?;
        let prefix = read(next(keys.prefix.is_some()))?;
        let books = Books { epoch: snapshot.epoch, account, ceremony, destination, prefix };
        Ok((books, snapshot.records))
    }
}

/// Each record that was changed is written, each other has to be what was read.
fn changes(
    keys: &Keys,
    records: &[Option<Record>],
    before: &Books,
    after: Books,
    now: Timestamp,
) -> Result<Vec<Change>, StoreError> {
    let mut records = records.iter();
    let mut changes = Vec::new();
    let mut change = |key: &Key, write| {
        let read = records.next().and_then(Option::as_ref).map(|record| record.revision);
        changes.push(Change { key: key.clone(), read, write });
    };
    let keep_until = after.account.keep_until(now);
    change(&keys.account, write(&before.account, &after.account, keep_until)?);
    if let Some(key) = &keys.ceremony {
        let write = match after.ceremony {
            Some(ceremony) if before.ceremony.as_ref() != Some(&ceremony) => {
                let keep_until = Some(ceremony.keep_until());
                Write::Put { revision: Revision::new()?, value: ceremony.write()?, keep_until }
            }
            _ => Write::Keep,
        };
        change(key, write);
    }
    let keep_until = Some(now.plus(DAY + DAY));
    if let Some(key) = &keys.destination {
        change(key, write(&before.destination, &after.destination, keep_until)?);
    }
    if let Some(key) = &keys.prefix {
        change(key, write(&before.prefix, &after.prefix, keep_until)?);
    }
    Ok(changes)
}

fn read<T: DeserializeOwned + Default>(record: Option<&Record>) -> Result<T, StoreError> {
    let Some(record) = record else { return Ok(T::default()) };
    serde_json::from_slice(&record.value)
        .map_err(|_| StoreError::Unavailable("a record cannot be read".to_owned()))
}

fn write<T: PartialEq + Serialize>(
    before: &T,
    after: &T,
    keep_until: Option<Timestamp>,
) -> Result<Write, StoreError> {
    if before == after {
        return Ok(Write::Keep);
    }
    let value = serde_json::to_vec(after)
        .map_err(|_| StoreError::Unavailable("a record cannot be written".to_owned()))?;
    Ok(Write::Put { revision: Revision::new()?, value, keep_until })
}

impl Books {
    fn heal(&mut self, now: Timestamp) {
        self.account.heal(now);
        self.destination.heal(now);
        self.prefix.heal(now);
    }

    /// The ceremony, where it is this caller's and of this stretch of the store's life.
    pub(crate) fn own_ceremony(&self, binding: &Binding) -> Result<AnyCeremony, Refusal> {
        match &self.ceremony {
            Some(ceremony) if ceremony.head().binding == *binding => {
                if ceremony.head().epoch == self.epoch.id() {
                    Ok(ceremony.clone())
                } else {
                    Err(Problem::CeremonyOver.into())
                }
            }
            _ => Err(Problem::NoSuchCeremony.into()),
        }
    }
}
