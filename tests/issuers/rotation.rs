//! P5: keys come and go. No good token is refused for it, and no withdrawn key's token is accepted
//! once the gate knows.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use stepup_core::KnownTokens;
use stepup_tests::{Api, Framework, Issuer, LoopbackIssuer, NOW, Token, clock};
use tokio::runtime::Builder;

use crate::scene::{DUE, KEYS, Scene, builder, key, refused};
use crate::still::{still, until};

#[test]
fn p5_j6_tokens_of_a_withdrawn_key_are_refused_after_the_next_fetch() {
    for known in [KnownTokens::default(), KnownTokens::as_digests(10), KnownTokens::none()] {
        still(async {
            let scene = Scene::settled(|gate| gate.known_tokens(known)).await;
            let (old, new) = (scene.token(), key("key-2"));
            scene.admits(&old, "before");
            scene.idp.publish(&[&new]);
            scene.clock.advance(DUE);
            scene.admits(&old, "the fetch is not over yet");
            scene.landed().await;
            scene.admits(&scene.signed_by(&new), "the new key");
            for token in [&old, &scene.token()] {
                refused(&scene.ask(token).await, "the key is gone");
                scene.landed().await;
                scene.refuses(token, "and stays so");
            }
        });
    }
}

/// Another key under the same name: nothing of the old one is left.
#[test]
fn p5_a_key_that_is_replaced_under_its_name_takes_its_tokens_along() {
    still(async {
        let (scene, new) = (Scene::begin().await, key("key-1"));
        let old = scene.token();
        scene.admits(&old, "before");
        scene.idp.publish(&[&new]);
        scene.clock.advance(DUE);
        scene.admits(&old, "the fetch is not over yet");
        scene.landed().await;
        scene.refuses(&old, "known, under the old key");
        scene.refuses(&scene.token(), "new, under the old key");
        scene.admits(&scene.signed_by(&new), "under the new key");
    });
}

/// A fetch that brings the same keys changes nothing, then or later.
#[test]
fn p5_keys_that_stay_keep_their_tokens() {
    still(async {
        let (scene, other) = (Scene::begin().await, key("key-2"));
        let known = scene.token();
        scene.admits(&known, "before");
        for keys in [[&scene.key, &other], [&other, &scene.key]] {
            scene.idp.publish(&keys);
            scene.clock.advance(DUE);
            scene.admits(&known, "while they are fetched");
            scene.landed().await;
            scene.admits(&known, "after");
            scene.admits(&scene.signed_by(&other), "the other");
        }
        assert_eq!(scene.fetches(), 3);
        scene.idp.publish(&[&other]);
        scene.clock.advance(DUE);
        scene.admits(&known, "while they are fetched");
        scene.landed().await;
        refused(&scene.ask(&known).await, "withdrawn in the end");
    });
}

const WORKERS: usize = 8;

/// Who signs, as the load sees it: the number of the present key, and the key.
struct Signer {
    idp: LoopbackIssuer,
    present: Mutex<(usize, Arc<Issuer>)>,
    /// The key that each worker was last answered for.
    used: [AtomicUsize; WORKERS],
    serial: AtomicUsize,
    done: AtomicBool,
}

impl Signer {
    fn token(&self, key: &Issuer) -> String {
        let jti = self.serial.fetch_add(1, Ordering::Relaxed).to_string();
        let claims = Token::new().with("iss", self.idp.url()).with("exp", NOW + 1_000_000);
        key.token(&claims.with("jti", jti))
    }

    /// Asks with new tokens and with known ones. All are good.
    async fn load(self: Arc<Self>, worker: usize, api: Api) {
        while !self.done.load(Ordering::Acquire) {
            let (number, key) = self.present.lock().expect("nobody fails with it").clone();
            let token = self.token(&key);
            for what in ["new", "known"] {
                let answer = api.post_with("/mfa", &token).await;
                assert_eq!(answer.status, 200, "a {what} token under key {number}");
            }
            self.used[worker].store(number, Ordering::Release);
            tokio::task::yield_now().await;
        }
    }
}

/// Publish, then use; withdraw what nobody uses any more.
#[test]
fn p5_no_good_token_is_refused_while_keys_rotate_under_load() {
    let runtime = Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    runtime.block_on(async {
        let (mut old, clock) = (Arc::new(key("key-0")), clock());
        let signer = Arc::new(Signer {
            idp: LoopbackIssuer::start(&[&old]),
            present: Mutex::new((0, old.clone())),
            used: Default::default(),
            serial: AtomicUsize::new(0),
            done: AtomicBool::new(false),
        });
        let gate = builder(&signer.idp, &clock).discover().await.unwrap();
        let load: Vec<_> = (0..WORKERS)
            .map(|worker| {
                let api = Api::new(Framework::ALL[worker % 2], &gate);
                tokio::spawn(signer.clone().load(worker, api))
            })
            .collect();
        let mut withdrawn = Vec::new();
        for number in 1..=20 {
            let new = Arc::new(key(&format!("key-{number}")));
            withdrawn.push(signer.token(&old));
            signer.idp.publish(&[&old, &new]);
            clock.advance(Duration::from_secs(30));
            *signer.present.lock().expect("nobody fails with it") = (number, new.clone());
            until("all use the new key", || {
                let used = |used: &AtomicUsize| used.load(Ordering::Acquire) == number;
                load.iter().any(tokio::task::JoinHandle::is_finished)
                    || signer.used.iter().all(used)
            })
            .await;
            old = new;
        }
        signer.done.store(true, Ordering::Release);
        for worker in load {
            worker.await.expect("no good token was refused");
        }
        assert_eq!(signer.idp.requests(KEYS), 21, "one fetch for each key");
        // The last but one is published still.
        withdrawn.pop();
        let api = Api::new(Framework::Axum, &gate);
        for token in withdrawn {
            assert_eq!(api.post_with("/mfa", &token).await.status, 401);
        }
    });
}
