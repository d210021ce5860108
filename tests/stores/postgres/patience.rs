//! How long others are waited for.

use std::time::Duration;

use stepup_authority::store::{Commit, SqlStore, Store, StoreError};
use stepup_tests::servers::postgres::Postgres;

use super::scene::{commit, create, key, put, read};

/// F14: another session keeps the lock for longer than is usually waited.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask test"]
async fn f14_who_has_patience_waits_for_a_lock() {
    let server = Postgres::start();
    let patience = Duration::from_secs(10);
    let patient = SqlStore::builder(&server.url()).connections(1).patience(patience);
    let patient = patient.open().await.unwrap();
    create(&patient, "a", b"v").await;
    let before = read(&patient, "a").await.unwrap().unwrap().revision;
    let epoch = patient.read(&[]).await.unwrap().epoch;
    let usual = SqlStore::open(&server.url()).await.unwrap();
    let beside = sqlx::PgPool::connect(&server.url()).await.unwrap();
    let mut holds = beside.begin().await.unwrap();
    sqlx::query("SELECT FROM stepup_records FOR UPDATE").execute(&mut *holds).await.unwrap();
    let (keys, change) = ([key("a")], [put("a", Some(before), b"w")]);
    // The one connection is with the commit, so the read comes after it.
    let both = async move { tokio::join!(patient.commit(epoch, &change), patient.read(&keys)) };
    let waiting = tokio::spawn(both);
    for _ in 0..2 {
        let refused = commit(&usual, &[put("a", Some(before), b"x")]).await;
        assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    }
    assert!(!waiting.is_finished());
    holds.rollback().await.unwrap();
    let (done, seen) = waiting.await.unwrap();
    assert_eq!(done, Ok(Commit::Done));
    assert_eq!(seen.unwrap().records[0].as_ref().unwrap().value, b"w");
}
