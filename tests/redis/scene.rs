//! What the tests say often.

use std::time::Duration;

use stepup_authority::store::{
    Change, Commit, Epoch, Key, Kind, RedisStore, Revision, Snapshot, Store as _, StoreError, Write,
};
use stepup_core::Timestamp;
use stepup_tests::servers::redis::Redis;

/// What is right does not depend on how fast the machine is.
pub async fn open(redis: &Redis) -> RedisStore {
    let patient = RedisStore::builder(&redis.url()).patience(Duration::from_secs(10));
    patient.open().await.unwrap()
}

/// As it is where nothing is set: what waits is refused soon.
pub async fn open_as_is(redis: &Redis) -> RedisStore {
    RedisStore::builder(&redis.url()).open().await.unwrap()
}

pub async fn refusal(redis: &Redis) -> String {
    match RedisStore::builder(&redis.url()).open().await {
        Err(StoreError::Refused(why)) => why,
        other => panic!("{other:?}"),
    }
}

pub fn key(name: &str) -> Key {
    Key::of(Kind::Ceremony, &[name])
}

pub fn put(name: &str, read: Option<Revision>, value: &[u8]) -> Change {
    put_until(name, read, value, None)
}

pub fn put_until(
    name: &str,
    read: Option<Revision>,
    value: &[u8],
    keep_until: Option<Timestamp>,
) -> Change {
    let revision = Revision::new().unwrap();
    let write = Write::Put { revision, value: value.to_vec(), keep_until };
    Change { key: key(name), read, write }
}

pub fn remove(name: &str, read: Option<Revision>) -> Change {
    Change { key: key(name), read, write: Write::Remove }
}

pub fn keep(name: &str, read: Option<Revision>) -> Change {
    Change { key: key(name), read, write: Write::Keep }
}

pub async fn read(store: &RedisStore, names: &[&str]) -> Snapshot {
    let keys: Vec<_> = names.iter().map(|name| key(name)).collect();
    store.read(&keys).await.unwrap()
}

pub async fn epoch(store: &RedisStore) -> Epoch {
    store.read(&[]).await.unwrap().epoch
}

pub async fn revision(store: &RedisStore, name: &str) -> Option<Revision> {
    read(store, &[name]).await.records[0].as_ref().map(|record| record.revision)
}

pub async fn value(store: &RedisStore, name: &str) -> Option<Vec<u8>> {
    read(store, &[name]).await.records.remove(0).map(|record| record.value)
}

/// In the store's present epoch.
pub async fn commit(store: &RedisStore, changes: &[Change]) -> Commit {
    let epoch = epoch(store).await;
    store.commit(epoch, changes).await.unwrap()
}
