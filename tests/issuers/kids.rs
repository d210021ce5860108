//! J3, J4, J10: key names that nobody knows, many at once, and many requests at once.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use stepup_core::Timestamp;
use stepup_tests::{Conduct, Issuer, LoopbackIssuer, NOW, Token, clock};
use tokio::runtime::Builder;

use crate::scene::{DUE, KEYS, Scene, admitted, builder, key, refused, verify};
use crate::still::{still, until};

/// Tokens that say to be under a key of this name.
fn claiming(scene: &Scene, signer: &Issuer, kid: &str) -> String {
    let header = json!({"typ": "at+jwt", "alg": "EdDSA", "kid": kid});
    signer.sign(&header.to_string(), &scene.claims().payload())
}

/// The figures are a thousand tokens a second for ten seconds.
#[test]
fn f8_j3_ten_thousand_unknown_keys_cost_two_fetches_at_most() {
    still(async {
        let scene = Scene::begin().await;
        let (good, attacker) = (scene.token(), key("key-2"));
        for n in 0..10_000 {
            let forged = claiming(&scene, &attacker, &format!("{:x}", n * 7919));
            if n == 0 {
                refused(&scene.ask(&forged).await, "the first makes keys be fetched");
                scene.landed().await;
            } else {
                scene.refuses(&forged, "whoever follows does not wait");
            }
            if n % 1000 == 0 {
                scene.admits(&good, "a good token meanwhile");
                scene.admits(&scene.token(), "a good token that is new");
                scene.clock.advance(Duration::from_secs(1));
            }
        }
        scene.landed().await;
        assert_eq!(scene.fetches(), 2, "one when the gate began, one for all of these");
    });
}

#[test]
fn j3_an_unknown_key_is_looked_for_twice_a_minute() {
    still(async {
        let scene = Scene::begin().await;
        let attacker = key("key-2");
        for (later, fetches) in [(0, 2), (29, 2), (30, 3), (31, 3), (59, 3), (60, 4)] {
            scene.clock.set(Timestamp::from_secs(NOW + later));
            refused(&scene.ask(&claiming(&scene, &attacker, "x")).await, "unknown");
            scene.landed().await;
            assert_eq!(scene.fetches(), fetches, "{later} s later");
        }
    });
}

/// F7: a clock that was put back does not put off the search for a year.
#[test]
fn f7_an_unknown_key_is_looked_for_after_the_clock_was_put_back() {
    still(async {
        let (scene, new) = (Scene::begin().await, key("key-2"));
        refused(&scene.ask(&scene.signed_by(&new)).await, "unknown");
        scene.idp.publish(&[&scene.key, &new]);
        scene.clock.set(Timestamp::from_secs(NOW - 30));
        let claims = scene.claims().with("iat", NOW - 100).with("auth_time", NOW - 100);
        admitted(&scene.ask(&new.token(&claims)).await, "half a minute earlier");
    });
}

/// J4: a name is looked up, and that is all.
#[test]
fn j4_a_strange_key_name_is_just_unknown() {
    still(async {
        let scene = Scene::begin().await;
        let attacker = key("key-2");
        let long = "k".repeat(4000);
        for kid in [
            "../../../../dev/null",
            "/dev/null",
            "' OR 1=1 --",
            "http://127.0.0.1/keys",
            "../keys/key-1",
            "(a+)+$",
            "",
            "\u{0}",
            &long,
        ] {
            let answer = scene.ask(&claiming(&scene, &attacker, kid)).await;
            refused(&answer, kid);
        }
        let too_long = claiming(&scene, &attacker, &"k".repeat(100 * 1024));
        scene.refuses(&too_long, "100 KiB");
        scene.landed().await;
        assert_eq!(scene.fetches(), 2);
        assert_eq!(scene.idp.all_requests(), 3, "nothing but metadata and keys is asked for");
    });
}

#[test]
fn j10_a_thousand_tokens_under_a_new_key_cost_one_fetch() {
    still(async {
        let scene = Scene::begin().await;
        let new = key("key-2");
        scene.idp.publish(&[&scene.key, &new]);
        scene.idp.answers(KEYS, Conduct::Held);
        let tokens: Vec<_> = (0..1000).map(|_| scene.signed_by(&new)).collect();
        let all = join_all(tokens.iter().map(|token| scene.statuses(token)));
        let release = async {
            until("the fetch has begun", || scene.fetches() == 2).await;
            scene.admits(&scene.token(), "a known key, meanwhile");
            scene.idp.answers(KEYS, Conduct::Good);
        };
        let (answers, ()) = futures_util::join!(all, release);
        assert!(answers.iter().all(|answer| *answer == [200, 200]), "{answers:?}");
        assert_eq!(scene.fetches(), 2);
    });
}

#[test]
fn j10_a_thousand_requests_after_the_keys_grew_too_old_cost_one_fetch() {
    still(async {
        let scene = Scene::begin().await;
        let known = scene.token();
        scene.admits(&known, "before");
        scene.clock.advance(Duration::from_secs(60 * 60 + 1));
        let mut tokens: Vec<_> = (0..1000).map(|_| scene.token()).collect();
        tokens.push(known);
        let answers = join_all(tokens.iter().map(|token| scene.statuses(token))).await;
        assert!(answers.iter().all(|answer| *answer == [200, 200]), "{answers:?}");
        assert_eq!(scene.fetches(), 2);
    });
}

/// None at all: they were fetched when the gate began.
#[test]
fn j10_a_thousand_first_requests_cost_no_fetch() {
    still(async {
        let scene = Scene::begin().await;
        for _ in 0..1000 {
            scene.admits(&scene.token(), "right after the start");
        }
        scene.clock.advance(DUE - Duration::from_secs(1));
        scene.admits(&scene.token(), "before it is due");
        scene.landed().await;
        assert_eq!(scene.fetches(), 1);
    });
}

/// The same on a runtime of several threads, over and over.
#[test]
fn j10_requests_on_many_threads_share_one_fetch() {
    let runtime = Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    runtime.block_on(async {
        let (first, clock) = (key("key-0"), clock());
        let idp = LoopbackIssuer::start(&[&first]);
        let gate = builder(&idp, &clock).discover().await.unwrap();
        for round in 1..=30 {
            let new = key(&format!("key-{round}"));
            idp.publish(&[&new]);
            clock.advance(Duration::from_secs(30));
            let tasks: Vec<_> = (0..200)
                .map(|n| {
                    let claims = Token::new().with("iss", idp.url()).with("exp", NOW + 1_000_000);
                    let token = new.token(&claims.with("jti", n.to_string()));
                    let gate = gate.clone();
                    tokio::spawn(async move { verify(&gate, &token).await })
                })
                .collect();
            for answer in join_all(tasks).await {
                assert_eq!(answer.unwrap(), Ok("alice".to_owned()), "round {round}");
            }
            assert_eq!(idp.requests(KEYS), round + 1);
        }
    });
}
