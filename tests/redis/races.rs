//! Many at once, over two connections.

use std::sync::Arc;

use stepup_authority::store::{Commit, Store as _};
use stepup_tests::servers::redis::Redis;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::scene::{commit, open, put, read, remove, revision, value};

const TAKERS: usize = 64;
const ROUNDS: usize = 1_000;

/// S1, F5: a code is there once, and 64 want it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn s1_exactly_one_takes_it() {
    let redis = Redis::start();
    let stores = [Arc::new(open(&redis).await), Arc::new(open(&redis).await)];
    for round in 0..ROUNDS {
        assert_eq!(commit(&stores[0], &[put("code", None, b"1")]).await, Commit::Done);
        let barrier = Arc::new(Barrier::new(TAKERS));
        let mut takers = JoinSet::new();
        for taker in 0..TAKERS {
            let (store, barrier) = (stores[taker % 2].clone(), barrier.clone());
            takers.spawn(async move {
                let found = read(&store, &["code", "token"]).await;
                barrier.wait().await;
                let [code, token] = [0, 1].map(|n| found.records[n].as_ref().map(|r| r.revision));
                let changes = [remove("code", code), put("token", token, b"granted")];
                store.commit(found.epoch, &changes).await.unwrap()
            });
        }
        let outcomes = takers.join_all().await;
        let done = outcomes.iter().filter(|&&outcome| outcome == Commit::Done).count();
        assert_eq!(done, 1, "round {round}");
        assert_eq!(value(&stores[1], "code").await, None);
    }
}

/// Each moves one from here to there; whoever reads in between finds both as they belong together.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn s1_several_records_change_together() {
    let redis = Redis::start();
    let stores = [Arc::new(open(&redis).await), Arc::new(open(&redis).await)];
    assert_eq!(
        commit(&stores[0], &[put("a", None, &[200]), put("b", None, &[0])]).await,
        Commit::Done
    );
    let mut movers = JoinSet::new();
    for mover in 0..20 {
        let store = stores[mover % 2].clone();
        movers.spawn(async move {
            let mut moved = 0;
            while moved < 10 {
                let found = read(&store, &["a", "b"]).await;
                let [a, b] = [0, 1].map(|n| found.records[n].clone().unwrap());
                assert_eq!(u16::from(a.value[0]) + u16::from(b.value[0]), 200);
                let changes = [
                    put("a", Some(a.revision), &[a.value[0] - 1]),
                    put("b", Some(b.revision), &[b.value[0] + 1]),
                ];
                if store.commit(found.epoch, &changes).await.unwrap() == Commit::Done {
                    moved += 1;
                }
            }
        });
    }
    movers.join_all().await;
    let both = (value(&stores[0], "a").await, value(&stores[1], "b").await);
    assert_eq!(both, (Some(vec![0]), Some(vec![200])));
    assert!(revision(&stores[0], "a").await.is_some());
}
