//! Servers and networks that fail: no answer is an error, soon, and it heals by itself.

use std::time::{Duration, Instant};

use stepup_authority::store::{Commit, RedisStore, Store as _, StoreError};
use stepup_tests::servers::redis::Redis;

use crate::proxy::Proxy;
use crate::scene::{commit, epoch, key, open_as_is, put, read, remove, revision, value};

/// F1: what an operation may take.
const LIMIT: Duration = Duration::from_millis(250);
/// F1: what a request may take that needs one.
const LIMIT_OF_ANSWERS: Duration = Duration::from_millis(500);
/// F1: how soon it is well again.
const HEALED: Duration = Duration::from_secs(5);

async fn heals(store: &RedisStore) {
    let begin = Instant::now();
    while store.read(&[key("a")]).await.is_err() {
        assert!(begin.elapsed() < HEALED, "it does not heal");
        tokio::task::yield_now().await;
    }
}

async fn fails_within(limit: Duration, store: &RedisStore) {
    let begin = Instant::now();
    let failed = store.read(&[key("a")]).await;
    assert!(matches!(failed, Err(StoreError::Unavailable(_))), "{failed:?}");
    assert!(begin.elapsed() < limit, "{:?}", begin.elapsed());
}

#[tokio::test]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn f1_hang_is_unavailable_and_heals() {
    let redis = Redis::start();
    let store = open_as_is(&redis).await;
    let before = epoch(&store).await;
    redis.pause();
    for _ in 0..5 {
        fails_within(LIMIT, &store).await;
    }
    let begin = Instant::now();
    let failed = store.commit(before, &[put("a", None, b"1")]).await;
    assert!(matches!(failed, Err(StoreError::Unavailable(_))), "{failed:?}");
    assert!(begin.elapsed() < LIMIT, "{:?}", begin.elapsed());
    redis.resume();
    heals(&store).await;
    assert_eq!(epoch(&store).await, before, "nothing was lost");
}

/// Two hundred at once do not wait for each other.
#[tokio::test]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn f1_hang_with_many_waiting() {
    let redis = Redis::start();
    let store = std::sync::Arc::new(open_as_is(&redis).await);
    redis.pause();
    for _ in 0..2 {
        let mut waiting = tokio::task::JoinSet::new();
        for _ in 0..200 {
            let store = store.clone();
            waiting.spawn(async move { fails_within(LIMIT_OF_ANSWERS, &store).await });
        }
        assert_eq!(waiting.join_all().await.len(), 200);
    }
    redis.resume();
    heals(&store).await;
}

#[tokio::test]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn f1_kill_and_restart() {
    let mut redis = Redis::start();
    let store = open_as_is(&redis).await;
    let before = epoch(&store).await;
    redis.kill();
    for _ in 0..5 {
        fails_within(LIMIT, &store).await;
    }
    redis.restart();
    heals(&store).await;
    assert_ne!(epoch(&store).await, before);
}

/// F1: a server that is not there when a service starts.
#[tokio::test]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn f1_nobody_answers_at_start() {
    let mut redis = Redis::start();
    redis.kill();
    let opened = RedisStore::builder(&redis.url()).open().await;
    let Err(StoreError::Unavailable(why)) = opened else { panic!("{opened:?}") };
    assert_eq!(why, "Redis refuses the connection");
}

/// F9: full is full. Nothing that counts is thrown away, and what makes room is still taken.
#[tokio::test]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn f9_oom_is_full() {
    let redis = Redis::start();
    let store = open_as_is(&redis).await;
    assert_eq!(commit(&store, &[put("used", None, b"1")]).await, Commit::Done);
    redis.ask(&["CONFIG", "SET", "maxmemory", "4mb"]);
    let (before, large) = (epoch(&store).await, vec![7; 100_000]);
    let mut written = 0;
    let full = loop {
        match store.commit(before, &[put(&written.to_string(), None, &large)]).await {
            Ok(Commit::Done) => written += 1,
            other => break other,
        }
        assert!(written < 100, "4 MB hold more than 10 MB");
    };
    assert_eq!(full, Err(StoreError::Full));
    assert!(written > 0);
    // Whatever the large ones left free is not there for small ones.
    redis.ask(&["CONFIG", "SET", "maxmemory", "2mb"]);
    let changes = [put("x", None, b"1"), put("y", None, b"1")];
    assert_eq!(store.commit(before, &changes).await, Err(StoreError::Full));
    assert_eq!((value(&store, "x").await, value(&store, "y").await), (None, None));
    assert_eq!(value(&store, "used").await, Some(b"1".to_vec()));
    for number in 0..written {
        assert!(revision(&store, &number.to_string()).await.is_some(), "{number} was evicted");
    }
    // A service can start all the same.
    assert_eq!(epoch(&open_as_is(&redis).await).await, before);
    redis.ask(&["CONFIG", "SET", "maxmemory", "4mb"]);
    for number in 0..written.min(3) {
        let name = number.to_string();
        let removed = remove(&name, revision(&store, &name).await);
        assert_eq!(store.commit(before, &[removed]).await, Ok(Commit::Done));
    }
    assert_eq!(store.commit(before, &[put("x", None, b"1")]).await, Ok(Commit::Done));
}

/// F15: it was done and nobody was told. That is an error; and whoever does it again finds out.
#[tokio::test]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn f15_reply_lost_is_left_open() {
    let redis = Redis::start();
    let proxy = Proxy::before(redis.address()).await;
    let store = RedisStore::builder(&proxy.url()).open().await.unwrap();
    let direct = open_as_is(&redis).await;
    for round in 0..20 {
        let name = round.to_string();
        assert_eq!(commit(&store, &[put(&name, None, b"code")]).await, Commit::Done);
        let found = read(&store, &[&name]).await;
        let take = [remove(&name, found.records[0].as_ref().map(|record| record.revision))];
        proxy.lose_answers(true);
        let lost = store.commit(found.epoch, &take).await;
        assert!(matches!(lost, Err(StoreError::Unavailable(_))), "{lost:?}");
        proxy.lose_answers(false);
        direct_sees_it_gone(&direct, &name).await;
        assert_eq!(store.commit(found.epoch, &take).await, Ok(Commit::Conflict));
    }
}

async fn direct_sees_it_gone(direct: &RedisStore, name: &str) {
    assert_eq!(value(direct, name).await, None, "the answer was lost, not the command");
}

/// F15: errors of a server that lives.
#[tokio::test]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn f15_a_server_that_says_no_is_unavailable() {
    let redis = Redis::start();
    let store = open_as_is(&redis).await;
    let before = epoch(&store).await;
    let name = format!("{{stepup}}:{}", key("a").as_str());
    // Of another type, and too short for a record.
    for foreign in [&["RPUSH", &name, "x"][..], &["SET", &name, "short"], &["SET", &name, ""]] {
        redis.ask(&["DEL", &name]);
        redis.ask(foreign);
        let read = store.read(&[key("b"), key("a")]).await;
        assert!(matches!(read, Err(StoreError::Unavailable(_))), "{read:?}");
    }
    redis.ask(&["DEL", &name]);
    redis.ask(&["RPUSH", &name, "x"]);
    let commit = store.commit(before, &[put("b", None, b"1"), put("a", None, b"1")]).await;
    let expected = StoreError::Unavailable("Redis answers with WRONGTYPE".to_owned());
    assert_eq!(commit, Err(expected));
    assert_eq!(value(&store, "b").await, None);
    // No replica has it, and the settings want one to.
    redis.ask(&["CONFIG", "SET", "min-replicas-to-write", "1"]);
    let commit = store.commit(before, &[put("b", None, b"1")]).await;
    let expected = StoreError::Unavailable("Redis answers with NOREPLICAS".to_owned());
    assert_eq!(commit, Err(expected));
}
