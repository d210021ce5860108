//! How long a server is waited for.

use std::time::Duration;

use stepup_authority::store::{RedisStore, Store as _, StoreError};
use stepup_tests::servers::redis::Redis;

use crate::scene::{epoch, key, open_as_is};

/// F1: a server is busy for longer than is usually waited.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn f1_who_has_patience_waits_for_an_answer() {
    let redis = Redis::start();
    let usual = open_as_is(&redis).await;
    let patience = Duration::from_secs(10);
    let patient = RedisStore::builder(&redis.url()).patience(patience).open().await.unwrap();
    let before = epoch(&usual).await;
    redis.pause();
    let waiting = tokio::spawn(async move { patient.read(&[key("a")]).await });
    for _ in 0..2 {
        let refused = usual.read(&[key("a")]).await;
        assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    }
    assert!(!waiting.is_finished());
    redis.resume();
    let answer = waiting.await.unwrap();
    assert_eq!(answer.map(|snapshot| snapshot.epoch), Ok(before));
}
