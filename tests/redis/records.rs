//! What is written, and for how long it stays.

use std::time::Duration;

use stepup_authority::store::{Commit, Epoch, RedisStore, Store as _};
use stepup_core::{Clock as _, SystemClock, Timestamp};
use stepup_tests::servers::redis::Redis;

use crate::scene::{commit, epoch, keep, key, open, put, put_until, read, remove, revision, value};

#[tokio::test]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn what_is_committed_is_read() {
    let redis = Redis::start();
    let store = open(&redis).await;
    let bytes: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    assert_eq!(commit(&store, &[put("a", None, &bytes), put("b", None, b"")]).await, Commit::Done);
    let other = open(&redis).await;
    let found = read(&other, &["a", "none", "b"]).await.records;
    let values: Vec<_> =
        found.into_iter().map(|record| record.map(|record| record.value)).collect();
    assert_eq!(values, [Some(bytes), None, Some(vec![])]);
    let a = revision(&other, "a").await;
    assert_eq!(commit(&other, &[remove("a", a)]).await, Commit::Done);
    assert_eq!(value(&store, "a").await, None);
    assert_eq!(commit(&store, &[]).await, Commit::Done);
    assert_eq!(store.sweep(Timestamp::MAX, 10).await, Ok(0));
    assert_eq!(value(&store, "b").await, Some(vec![]));
}

/// A record in one commit that is not what was read: none of it happens.
#[tokio::test]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn s1_a_stale_revision_changes_nothing() {
    let redis = Redis::start();
    let store = open(&redis).await;
    assert_eq!(commit(&store, &[put("a", None, b"1"), put("b", None, b"1")]).await, Commit::Done);
    let (a, b) = (revision(&store, "a").await, revision(&store, "b").await);
    assert_eq!(commit(&store, &[put("b", b, b"2")]).await, Commit::Done);
    for stale in [
        [put("a", a, b"x"), put("b", b, b"x")],
        [remove("a", a), keep("b", b)],
        [put("a", a, b"x"), remove("b", None)],
        [put("c", None, b"x"), keep("b", None)],
        [put("a", None, b"x"), put("c", None, b"x")],
        [put("c", b, b"x"), put("d", None, b"x")],
    ] {
        assert_eq!(commit(&store, &stale).await, Commit::Conflict, "{stale:?}");
        let [a_now, b_now, c, d] = ["a", "b", "c", "d"].map(|name| value(&store, name));
        let now = (a_now.await, b_now.await, c.await, d.await);
        assert_eq!(now, (Some(b"1".to_vec()), Some(b"2".to_vec()), None, None), "{stale:?}");
    }
    let of_another = Epoch::first(epoch(&store).await.id().wrapping_add(1));
    let done = store.commit(of_another, &[put("a", a, b"x")]).await;
    assert_eq!((done, value(&store, "a").await), (Ok(Commit::Conflict), Some(b"1".to_vec())));
}

/// S5: what Redis throws away by itself it throws away late, by whatever clock; and a record that
/// is written for ever has no end left from before.
#[tokio::test]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn s5_no_record_ends_before_what_it_holds() {
    let redis = Redis::start();
    let store = open(&redis).await;
    let now = SystemClock.now();
    let name = format!("{{stepup}}:{}", key("a").as_str());
    for (valid, at_least) in [(600, 1_790), (86_400, 87_590), (0, 1_190)] {
        let a = revision(&store, "a").await;
        let until = now.plus(Duration::from_secs(valid));
        assert_eq!(commit(&store, &[put_until("a", a, b"1", Some(until))]).await, Commit::Done);
        let left: i64 = redis.ask(&["TTL", &name]).parse().unwrap();
        assert!((at_least..at_least + 30).contains(&left), "{valid}: {left}");
    }
    // A clock that is years behind Redis's, as a test's may be, shortens nothing.
    let a = revision(&store, "a").await;
    let until = Some(Timestamp::from_secs(1));
    assert_eq!(commit(&store, &[put_until("a", a, b"1", until)]).await, Commit::Done);
    assert!(redis.ask(&["TTL", &name]).parse::<i64>().unwrap() > 1_190);
    let a = revision(&store, "a").await;
    assert_eq!(
        commit(&store, &[put_until("a", a, b"1", Some(Timestamp::MAX))]).await,
        Commit::Done
    );
    let a = revision(&store, "a").await;
    assert_eq!(commit(&store, &[put("a", a, b"1")]).await, Commit::Done);
    assert_eq!(redis.ask(&["TTL", &name]), "-1");
    assert_eq!(redis.ask(&["TTL", "{stepup}:epoch"]), "-1");
}

/// S6: value and end are one command of one script, so neither can be there without the other.
#[tokio::test]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn s6_a_commit_is_one_command() {
    let redis = Redis::start();
    let store = open(&redis).await;
    let before = epoch(&store).await;
    let until = Some(SystemClock.now());
    let first = [put_until("a", None, b"1", until), put("b", None, b"1")];
    assert_eq!(store.commit(before, &first).await, Ok(Commit::Done));
    let calls = |name: &str| {
        let stats = redis.ask(&["INFO", "commandstats"]);
        let line = stats.lines().find(|line| line.starts_with(&format!("cmdstat_{name}:")));
        let calls = line.and_then(|line| line.split_once("calls=")?.1.split(',').next());
        calls.map_or(0, |calls| calls.parse::<u32>().unwrap())
    };
    redis.ask(&["CONFIG", "RESETSTAT"]);
    let changes = [put_until("c", None, b"1", until), put_until("d", None, b"1", until)];
    assert_eq!(store.commit(before, &changes).await, Ok(Commit::Done));
    let counted = ["evalsha", "eval", "set", "expire", "expireat", "pexpire"].map(calls);
    assert_eq!(counted, [1, 0, 2, 0, 0, 0]);
}

/// S8: two services in one Redis see nothing of each other, and what is no plain name is refused.
#[tokio::test]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn s8_namespaces_do_not_meet() {
    let redis = Redis::start();
    let named = async |name: &str| RedisStore::builder(&redis.url()).namespace(name).open().await;
    let names = ["a", "a.", "a-b", "A", "stepup"];
    for name in names {
        let store = named(name).await.unwrap();
        assert_eq!(value(&store, "x").await, None);
        assert_eq!(commit(&store, &[put("x", None, name.as_bytes())]).await, Commit::Done);
    }
    for name in names {
        let store = named(name).await.unwrap();
        assert_eq!(value(&store, "x").await, Some(name.as_bytes().to_vec()));
    }
    let huge = "a".repeat(1 << 20);
    for name in ["", "a}b", "{a}", "a:b", "*", "a\0", "a b", &huge] {
        assert!(named(name).await.is_err(), "{} bytes are taken", name.len());
    }
    let keys = redis.ask(&["KEYS", "*"]);
    for name in keys.split(' ') {
        assert!(names.iter().any(|space| name.starts_with(&format!("{{{space}}}:"))), "{name}");
    }
}
