//! The provider changes its keys under load.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use stepup_core::Gate;
use stepup_tests::{Api, Framework};
use tokio::sync::{RwLock, watch};
use tokio::task::JoinSet;

use crate::scene::{API, Ahead, Scene, assert_admitted};

/// Who calls all the time, with all tokens at hand.
const CALLERS: usize = 4;
/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// Requests without a pause.
struct Load {
    tokens: Arc<RwLock<Vec<String>>>,
    rounds: watch::Receiver<usize>,
    over: Arc<AtomicBool>,
    callers: JoinSet<()>,
}

impl Load {
    fn begin(gate: &Gate, token: String) -> Self {
        let tokens = Arc::new(RwLock::new(vec![token]));
        let over = Arc::new(AtomicBool::new(false));
        let (finished, rounds) = watch::channel(0);
        let finished = Arc::new(finished);
        let mut callers = JoinSet::new();
        for framework in Framework::ALL.into_iter().cycle().take(CALLERS) {
            let api = Api::new(framework, gate);
            let (tokens, over, finished) = (tokens.clone(), over.clone(), finished.clone());
            callers.spawn(async move {
                while !over.load(Ordering::SeqCst) {
                    for token in tokens.read().await.clone() {
                        assert_admitted(&api.post_with("/mfa", &token).await);
                    }
                    finished.send_modify(|rounds| *rounds += 1);
                    tokio::task::yield_now().await;
                }
            });
        }
        Self { tokens, rounds, over, callers }
    }

    /// Adds a token, and waits until it has been used many times.
    async fn with(&mut self, token: String) {
        self.tokens.write().await.push(token);
        let enough = *self.rounds.borrow() + 50 * CALLERS;
        let reached = self.rounds.wait_for(|rounds| *rounds >= enough);
        let reached = tokio::time::timeout(PATIENCE, reached).await;
        reached.expect("the callers go on").expect("no caller was refused");
    }

    async fn end(mut self) {
        self.over.store(true, Ordering::SeqCst);
        while let Some(ended) = self.callers.join_next().await {
            ended.expect("no valid token is refused");
        }
    }
}

/// P5: no valid token is refused, and a key that is gone takes its tokens along.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn p5_keys_change_while_requests_run() {
    let mut scene = Scene::begin();
    let clock = Ahead::default();
    let gate = scene.builder(API).clock(clock.clone()).discover().await.unwrap();
    let login = json!({ "acr_values": "mfa" });
    let old = scene.token(&login);
    let mut load = Load::begin(&gate, old.clone());
    for round in 2..=3 {
        // An unknown key makes them be fetched once in half a minute.
        clock.advance(31);
        let kids = scene.provider(&json!({ "rotate": "ES256" }))["kids"].clone();
        assert_eq!(kids[0], format!("ES256-{round}"));
        load.with(scene.token(&login)).await;
    }
    load.end().await;
    // At the start, and once for each new key.
    assert_eq!(scene.provider(&json!({}))["jwks_requests"], 3);

    let new = scene.token(&login);
    scene.provider(&json!({ "drop": "old" }));
    clock.advance(5 * 60);
    for framework in Framework::ALL {
        let api = Api::new(framework, &gate);
        let begun = Instant::now();
        while api.post_with("/mfa", &old).await.status != 401 {
            assert!(begun.elapsed() < PATIENCE, "its key is gone");
            tokio::task::yield_now().await;
        }
        assert_admitted(&api.post_with("/mfa", &new).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn tokens_of_known_keys_are_admitted_while_keys_cannot_be_fetched() {
    let mut scene = Scene::begin();
    let clock = Ahead::default();
    let gate = scene.builder(API).clock(clock.clone()).discover().await.unwrap();
    let login = json!({ "acr_values": "mfa" });
    for mode in ["500", "hang"] {
        let before = scene.provider(&json!({ "jwks": mode }))["jwks_requests"].clone();
        clock.advance(10 * 60);
        let begun = Instant::now();
        // Until a fetch has come to nothing, or hangs.
        while scene.provider(&json!({}))["jwks_requests"] == before {
            assert!(begun.elapsed() < PATIENCE, "they are due");
            // Never met before, so its signature is checked.
            let token = scene.token(&login);
            for framework in Framework::ALL {
                assert_admitted(&Api::new(framework, &gate).post_with("/mfa", &token).await);
            }
        }
        let token = scene.token(&login);
        for framework in Framework::ALL {
            assert_admitted(&Api::new(framework, &gate).post_with("/mfa", &token).await);
        }
    }
}

/// A thousand tokens under a new key cause one fetch and are all admitted.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn one_new_key_is_fetched_once_for_everybody() {
    let mut scene = Scene::begin();
    let gate = scene.gate(API).await;
    scene.provider(&json!({ "rotate": "ES256" }));
    let login = json!({ "acr_values": "mfa" });
    let tokens: Vec<_> = (0..20).map(|_| scene.token(&login)).collect();
    let admitted = Arc::new(AtomicUsize::new(0));
    let apis = Framework::ALL.map(|framework| Arc::new(Api::new(framework, &gate)));
    let mut requests = JoinSet::new();
    for at in 0..1000 {
        let api = apis[at % apis.len()].clone();
        let (token, admitted) = (tokens[at % tokens.len()].clone(), admitted.clone());
        requests.spawn(async move {
            // Its handlers run for others too.
            assert_eq!(api.post_with("/mfa", &token).await.status, 200);
            admitted.fetch_add(1, Ordering::SeqCst);
        });
    }
    requests.join_all().await;
    assert_eq!(admitted.load(Ordering::SeqCst), 1000);
    assert_eq!(scene.provider(&json!({}))["jwks_requests"], 2);
}
