//! Where writes may be lost a new epoch begins, once, and nothing of the old one is accepted.

use std::collections::HashSet;
use std::sync::Arc;

use stepup_authority::store::{Commit, Epoch, RedisStore, Store as _, StoreError};
use stepup_core::{Clock as _, SystemClock};
use stepup_tests::servers::redis::Redis;
use tokio::task::JoinSet;

use crate::scene::{commit, epoch, open, put, read, remove, value};

/// The first operation after a server went away may say so; the second is answered.
async fn epoch_again(store: &RedisStore) -> Epoch {
    match store.read(&[]).await {
        Ok(snapshot) => snapshot.epoch,
        Err(StoreError::Unavailable(_)) => epoch(store).await,
        Err(error) => panic!("{error}"),
    }
}

fn assert_lost_now(new: Epoch, old: Epoch) {
    assert_ne!(new.id(), old.id());
    let at = new.writes_lost_at().expect("writes may be lost");
    assert!(SystemClock.now().seconds_since(at) < 60, "{at:?}");
}

#[tokio::test]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn f6_an_empty_redis_has_lost_nothing() {
    let redis = Redis::start();
    let (one, two) = (open(&redis).await, open(&redis).await);
    let first = epoch(&one).await;
    assert_eq!(first.writes_lost_at(), None);
    assert_eq!((epoch(&one).await, epoch(&two).await), (first, first));
    assert_eq!(epoch(&open(&redis).await).await, first);
}

/// S3: the mark that a code was used had not reached the replica; it is not taken again there.
#[tokio::test]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn s3_f6_a_promoted_replica_begins_a_new_epoch() {
    let mut primary = Redis::start();
    let store = open(&primary).await;
    assert_eq!(commit(&store, &[put("code", None, b"1")]).await, Commit::Done);
    let replica = Redis::replica_of(&primary);
    let before = read(&store, &["code"]).await;
    let code = before.records[0].as_ref().map(|record| record.revision);
    replica.pause();
    // Else it finds the command in its socket when it goes on.
    primary.ask(&["CLIENT", "KILL", "TYPE", "replica"]);
    assert_eq!(store.commit(before.epoch, &[remove("code", code)]).await, Ok(Commit::Done));
    primary.kill();
    replica.resume();
    replica.ask(&["REPLICAOF", "NO", "ONE"]);
    let store = open(&replica).await;
    let again = store.commit(before.epoch, &[remove("code", code)]).await;
    assert_eq!(again, Ok(Commit::Conflict));
    assert_eq!(value(&store, "code").await, Some(b"1".to_vec()), "else there was nothing to win");
    assert_lost_now(epoch(&store).await, before.epoch);
}

/// The same process became a replica and a primary again: what it has is another's by then.
#[tokio::test]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn f6_a_primary_that_was_a_replica_begins_a_new_epoch() {
    let redis = Redis::start();
    let store = open(&redis).await;
    let before = epoch(&store).await;
    let other = Redis::start();
    let (host, port) =
        other.address().split_once(':').map(|(h, p)| (h.to_owned(), p.to_owned())).unwrap();
    redis.ask(&["REPLICAOF", &host, &port]);
    let said = store.read(&[]).await;
    assert_eq!(said, Err(StoreError::Unavailable("Redis answers with READONLY".to_owned())), "S7");
    redis.ask(&["REPLICAOF", "NO", "ONE"]);
    assert_lost_now(epoch(&store).await, before);
}

#[tokio::test]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn f6_flushall_begins_a_new_epoch() {
    let redis = Redis::start();
    let store = open(&redis).await;
    let before = epoch(&store).await;
    redis.ask(&["FLUSHALL"]);
    // A commit notices it too.
    assert_eq!(store.commit(before, &[put("a", None, b"1")]).await, Ok(Commit::Conflict));
    assert_lost_now(epoch(&store).await, before);
    assert_eq!(value(&store, "a").await, None);
}

/// What others keep in the same database says nothing of what we lost; a record of an epoch that
/// cannot be read does.
#[tokio::test]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn f6_keys_of_others_are_no_sign_of_a_loss() {
    let redis = Redis::start();
    redis.ask(&["SET", "other", "1"]);
    let first = epoch(&open(&redis).await).await;
    assert_eq!(first.writes_lost_at(), None);
    redis.ask(&["SET", "{stepup}:epoch", "garbage"]);
    assert_lost_now(epoch(&open(&redis).await).await, first);
}

#[tokio::test]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn f6_restart_without_persistence_begins_a_new_epoch() {
    let mut redis = Redis::start();
    let store = open(&redis).await;
    let before = epoch(&store).await;
    redis.restart();
    let after = epoch_again(&store).await;
    assert_lost_now(after, before);
    assert_eq!(store.commit(before, &[put("a", None, b"1")]).await, Ok(Commit::Conflict));
}

#[tokio::test]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn f6_restart_with_aof_keeps_records_and_begins_a_new_epoch() {
    let mut redis = Redis::with_append_only_file();
    let store = open(&redis).await;
    let before = epoch(&store).await;
    assert_eq!(store.commit(before, &[put("a", None, b"1")]).await, Ok(Commit::Done));
    redis.restart();
    assert_lost_now(epoch_again(&store).await, before);
    assert_eq!(value(&store, "a").await, Some(b"1".to_vec()));
    assert_eq!(store.commit(before, &[put("b", None, b"1")]).await, Ok(Commit::Conflict));
    // And from then on it is as good as any.
    assert_eq!(commit(&store, &[put("b", None, b"1")]).await, Commit::Done);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn f6_many_notice_and_one_epoch_begins() {
    let redis = Redis::start();
    let mut stores = Vec::new();
    for _ in 0..8 {
        stores.push(Arc::new(open(&redis).await));
    }
    let mut before = epoch(&stores[0]).await;
    for _ in 0..50 {
        redis.ask(&["FLUSHALL"]);
        let mut noticing = JoinSet::new();
        for store in &stores {
            let store = store.clone();
            noticing.spawn(async move { epoch(&store).await });
        }
        let found: HashSet<_> = noticing.join_all().await.iter().map(|epoch| epoch.id()).collect();
        let now = epoch(&stores[0]).await;
        assert_eq!(found, HashSet::from([now.id()]));
        assert_ne!(now.id(), before.id());
        before = now;
    }
}
