//! Servers that hang, die, change their mind, and come back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use stepup_authority::store::{Commit, SqlStore, Store, StoreError};
use stepup_tests::servers::postgres::Postgres;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::scene::{PATIENCE, beside, commit, create, key, put, read};

const SOON: Duration = Duration::from_secs(5);

/// Until a read and a commit work again.
async fn healed(store: &dyn Store) -> Duration {
    let begun = Instant::now();
    for attempt in 0.. {
        let name = format!("healed {attempt} {:?}", begun.elapsed());
        let change = [put(&name, None, b"v")];
        if let Ok(Ok(Commit::Done)) = timeout(PATIENCE, commit(store, &change)).await {
            break;
        }
        assert!(begun.elapsed() < SOON, "it does not heal");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    begun.elapsed()
}

/// F1: nothing that hangs keeps a connection for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask test"]
async fn f1_a_server_that_hangs_is_let_go_and_found_again() {
    let server = Postgres::start();
    let store = Arc::new(SqlStore::open(&server.url()).await.unwrap());
    create(&*store, "a", b"v").await;
    server.pause();
    let mut asking = JoinSet::new();
    for number in 0..40 {
        let store = store.clone();
        asking.spawn(async move {
            let change = [put(&number.to_string(), None, b"v")];
            let epoch = stepup_authority::store::Epoch::first(1);
            match timeout(PATIENCE, store.read(&[key("a")])).await {
                Ok(Ok(snapshot)) => panic!("a server that stands still said {snapshot:?}"),
                Ok(Err(error)) => assert!(matches!(error, StoreError::Unavailable(_)), "{error}"),
                Err(_) => {}
            }
            match timeout(PATIENCE, store.commit(epoch, &change)).await {
                Ok(Ok(commit)) => panic!("a server that stands still said {commit:?}"),
                Ok(Err(error)) => assert!(matches!(error, StoreError::Unavailable(_)), "{error}"),
                Err(_) => {}
            }
        });
    }
    let begun = Instant::now();
    asking.join_all().await;
    assert!(begun.elapsed() < 4 * PATIENCE, "{:?}", begun.elapsed());
    server.resume();
    assert!(healed(&*store).await < SOON);
    assert_eq!(read(&*store, "a").await.unwrap().unwrap().value, b"v");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask test"]
async fn f1_a_server_that_was_killed_is_found_again() {
    let mut server = Postgres::start();
    let store = SqlStore::open(&server.url()).await.unwrap();
    create(&store, "a", b"v").await;
    server.kill();
    for _ in 0..3 {
        let asked = timeout(2 * PATIENCE, read(&store, "a")).await.expect("an answer in time");
        assert!(matches!(asked, Err(StoreError::Unavailable(_))), "{asked:?}");
    }
    server.restart();
    assert!(healed(&store).await < SOON);
    assert_eq!(read(&store, "a").await.unwrap().unwrap().value, b"v");
}

/// F14, S6: what was said to be done is there after a crash, once, and each record with the time
/// until which it is kept.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask test"]
async fn s6_a_crash_leaves_nothing_half() {
    let mut server = Postgres::start();
    let store = Arc::new(SqlStore::open(&server.url()).await.unwrap());
    let mut writing = JoinSet::new();
    for writer in 0..8 {
        let store = store.clone();
        writing.spawn(async move {
            let mut done = 0;
            for number in 0..100_000 {
                let [a, b] = ["a", "b"].map(|half| format!("{writer} {number} {half}"));
                let pair = [put(&a, None, b"v"), put(&b, None, b"v")];
                match commit(&*store, &pair).await {
                    Ok(commit) => assert_eq!(commit, Commit::Done),
                    Err(_) => return (writer, done, number),
                }
                done = number + 1;
            }
            panic!("it was not killed");
        });
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    server.kill();
    let ends = writing.join_all().await;
    server.restart();
    healed(&*store).await;
    for (writer, done, open) in ends {
        for number in 0..=open {
            let pair = ["a", "b"].map(|half| key(&format!("{writer} {number} {half}")));
            let there = store.read(&pair).await.unwrap().records.iter().flatten().count();
            match number < done {
                true => assert_eq!(there, 2, "what was done is lost"),
                false => assert!(there != 1, "half of a commit"),
            }
        }
    }
    let for_ever: i64 =
        sqlx::query_scalar("SELECT count(*) FROM stepup_records WHERE keep_until IS NULL")
            .fetch_one(&sqlx::PgPool::connect(&server.url()).await.unwrap())
            .await
            .unwrap();
    assert_eq!(for_ever, 0);
}

#[tokio::test]
#[ignore = "needs PostgreSQL: cargo xtask test"]
async fn f14_a_server_that_takes_no_writes_is_not_conformed_to() {
    let server = Postgres::start();
    let store = SqlStore::open(&server.url()).await.unwrap();
    create(&store, "a", b"v").await;
    let close = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'";
    beside(&server, "ALTER DATABASE postgres SET default_transaction_read_only = on").await;
    beside(&server, close).await;
    // The first finds its connection closed.
    for _ in 0..3 {
        let refused = commit(&store, &[put("b", None, b"v")]).await;
        assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    }
    let refused = commit(&store, &[put("b", None, b"v")]).await.unwrap_err();
    assert!(refused.to_string().contains("does not take writes"), "{refused}");
    beside(
        &server,
        "BEGIN READ WRITE; ALTER DATABASE postgres RESET default_transaction_read_only; COMMIT",
    )
    .await;
    beside(&server, close).await;
    healed(&store).await;
    assert_eq!(read(&store, "b").await.unwrap(), None);
}

/// F14: somebody else holds the lock; whoever waits is told in time, and nothing is left of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask test"]
async fn f14_a_lock_that_is_not_given_back_is_not_waited_for() {
    let server = Postgres::start();
    let store = Arc::new(SqlStore::builder(&server.url()).connections(2).open().await.unwrap());
    create(&*store, "a", b"v").await;
    let before = read(&*store, "a").await.unwrap().unwrap();
    let beside = sqlx::PgPool::connect(&server.url()).await.unwrap();
    let mut holds = beside.begin().await.unwrap();
    sqlx::query("SELECT FROM stepup_records FOR UPDATE").execute(&mut *holds).await.unwrap();
    let mut waiting = JoinSet::new();
    for _ in 0..6 {
        let (store, revision) = (store.clone(), before.revision);
        waiting.spawn(async move {
            let begun = Instant::now();
            let changes = [put("b", None, b"v"), put("a", Some(revision), b"w")];
            let refused = commit(&*store, &changes).await;
            assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
            assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
        });
    }
    timeout(SOON, waiting.join_all()).await.expect("nobody waits for ever");
    holds.rollback().await.unwrap();
    assert_eq!(read(&*store, "a").await.unwrap(), Some(before.clone()));
    assert_eq!(read(&*store, "b").await.unwrap(), None);
    let done = commit(&*store, &[put("a", Some(before.revision), b"w")]).await;
    assert_eq!(done, Ok(Commit::Done));
}
