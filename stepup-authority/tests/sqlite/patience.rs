//! How long others are waited for.

use std::time::Duration;

use sqlx::{Connection, SqliteConnection};
use stepup_authority::store::{Commit, SqlStore, Store, StoreError};

use crate::scene::{Folder, commit, key, put, read};

/// F14: another process keeps the lock for longer than is usually waited.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f14_who_has_patience_waits_for_a_lock() {
    let folder = Folder::new();
    let usual = SqlStore::open(&folder.url()).await.unwrap();
    let patience = Duration::from_secs(10);
    let patient = SqlStore::builder(&folder.url()).connections(1).patience(patience);
    let patient = patient.open().await.unwrap();
    let epoch = patient.read(&[]).await.unwrap().epoch;
    let mut other = SqliteConnection::connect(&folder.url()).await.unwrap();
    let holds = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let (keys, change) = ([key("a")], [put("a", None, b"v")]);
    // The one connection is with the commit, so the read comes after it.
    let both = async move { tokio::join!(patient.commit(epoch, &change), patient.read(&keys)) };
    let waiting = tokio::spawn(both);
    for _ in 0..2 {
        let refused = commit(&usual, &[put("b", None, b"v")]).await;
        assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    }
    assert!(!waiting.is_finished());
    holds.rollback().await.unwrap();
    let (done, seen) = waiting.await.unwrap();
    assert_eq!(done, Ok(Commit::Done));
    assert_eq!(seen.unwrap().records[0].as_ref().unwrap().value, b"v");
    assert_eq!(read(&usual, "b").await.unwrap(), None);
}
