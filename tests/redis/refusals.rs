//! What is not fit to be used is refused before it is used, each time with what to do.

use stepup_authority::store::{Commit, RedisStore, Store as _, StoreError};
use stepup_tests::servers::redis::Redis;

use crate::scene::{commit, epoch, open, put, refusal, value};

#[tokio::test]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn s4_evicting_redis_is_refused() {
    let redis = Redis::start();
    for policy in [
        "allkeys-lru",
        "allkeys-lfu",
        "allkeys-random",
        "volatile-lru",
        "volatile-lfu",
        "volatile-random",
        "volatile-ttl",
    ] {
        for memory in ["0", "64mb"] {
            redis.ask(&["CONFIG", "SET", "maxmemory", memory, "maxmemory-policy", policy]);
            let why = refusal(&redis).await;
            assert!(why.contains(policy) && why.contains("maxmemory-policy noeviction"), "{why}");
        }
    }
    redis.ask(&["CONFIG", "SET", "maxmemory-policy", "noeviction"]);
    let store = open(&redis).await;
    assert_eq!(epoch(&store).await.writes_lost_at(), None, "nothing was written by the refused");
}

/// S4: nor does a server that takes over get a new epoch while it evicts.
#[tokio::test]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn s4_no_epoch_begins_where_records_are_evicted() {
    let redis = Redis::start();
    let store = open(&redis).await;
    let before = epoch(&store).await;
    redis.ask(&["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]);
    redis.ask(&["FLUSHALL"]);
    let said = store.read(&[]).await;
    assert_eq!(said, Err(StoreError::Unavailable("Redis answers with EVICTS".to_owned())));
    redis.ask(&["CONFIG", "SET", "maxmemory-policy", "noeviction"]);
    assert_ne!(epoch(&store).await, before);
}

/// S7: a replica may lag behind.
#[tokio::test]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn s7_a_replica_is_refused() {
    let primary = Redis::start();
    let replica = Redis::replica_of(&primary);
    let why = refusal(&replica).await;
    assert!(why.contains("`slave`") && why.contains("primary"), "{why}");
}

#[tokio::test]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn a_cluster_is_refused() {
    let redis = Redis::with(&["--cluster-enabled", "yes"]);
    let why = refusal(&redis).await;
    assert!(why.contains("cluster"), "{why}");
}

/// S13: before anything is sent, so the address need not lead anywhere.
#[tokio::test]
async fn s13_only_this_machine_may_do_without_tls_and_password() {
    for (url, expected) in [
        ("redis://:secret@192.0.2.1/", "rediss://"),
        ("redis://192.0.2.1/", "rediss://"),
        ("rediss://192.0.2.1/", "password"),
        ("rediss://user@192.0.2.1/", "password"),
        ("http://:secret@192.0.2.1/", "redis://"),
    ] {
        let refused = RedisStore::builder(url).open().await;
        let Err(StoreError::Refused(why)) = refused else { panic!("{url}: {refused:?}") };
        assert!(why.contains(expected), "{why}");
        assert!(!why.contains("secret") && !why.contains("192.0.2.1"), "{why}");
    }
    // Nobody is there, but it was tried.
    let taken = RedisStore::builder("redis://192.0.2.1/").danger_unprotected().open().await;
    assert!(matches!(taken, Err(StoreError::Unavailable(_))), "{taken:?}");
}

/// S13: a server without TLS is no answer to a URL that wants it.
#[tokio::test]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn s13_tls_is_not_given_up() {
    let plain = Redis::start();
    let opened = RedisStore::builder(&format!("rediss://{}/", plain.address())).open().await;
    let Err(StoreError::Unavailable(why)) = opened else { panic!("{opened:?}") };
    assert!(why.contains("TLS") && !why.contains("127.0.0.1"), "{why}");
}

#[tokio::test]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn s13_a_password_is_given_and_never_shown() {
    let redis = Redis::with_password("hush-hush");
    let store = open(&redis).await;
    assert_eq!(commit(&store, &[put("a", None, b"1")]).await, Commit::Done);
    assert!(!format!("{store:?}").contains("hush"));
    for url in [redis.url().replace("hush-hush", "wrong"), format!("redis://{}/", redis.address())]
    {
        let refused = RedisStore::builder(&url).open().await;
        let Err(StoreError::Refused(why)) = refused else { panic!("{refused:?}") };
        assert!(why.contains("password"), "{why}");
        for secret in ["wrong", "hush", &redis.address()] {
            assert!(!why.contains(secret), "{why}");
        }
    }
}

/// The permissions that the error names are enough, and each is needed.
#[tokio::test]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn a_user_who_may_too_little_is_told_what_to_permit() {
    let redis = Redis::start();
    let commands = ["+eval", "+evalsha", "+info", "+time", "+get", "+getrange", "+set", "+del"];
    let url = format!("redis://app:pw@{}/", redis.address());
    let permit = |left_out: &str, keys: &str| {
        let mut rules = vec!["ACL", "SETUSER", "app", "reset", "on", ">pw", keys];
        rules.extend(commands.iter().filter(|&&command| command != left_out));
        redis.ask(&rules);
    };
    for left_out in commands {
        permit(left_out, "~{stepup}:*");
        let refused = RedisStore::builder(&url).open().await;
        let Err(StoreError::Refused(why)) = refused else { panic!("{left_out}: {refused:?}") };
        assert!(commands.iter().all(|command| why.contains(command)), "{why}");
        assert!(why.contains("~{stepup}:*") && !why.contains("pw"), "{why}");
    }
    permit("", "~other:*");
    assert!(matches!(RedisStore::builder(&url).open().await, Err(StoreError::Refused(_))));
    permit("", "~{stepup}:*");
    let store = RedisStore::builder(&url).open().await.unwrap();
    assert_eq!(commit(&store, &[put("a", None, b"1")]).await, Commit::Done);
    assert_eq!(value(&store, "a").await, Some(b"1".to_vec()));
}
