//! One fetch for all who wait, whose end is nobody's but its own; and runtimes that come and go.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use stepup_core::{Gate, ManualClock};
use stepup_tests::{Conduct, LoopbackIssuer, NOW, Token, clock};
use tokio::runtime::{Builder, Runtime};

use crate::scene::{DUE, KEYS, PATIENCE, Scene, builder, key, refused, verify};
use crate::still::{still, tasks, until};

#[test]
fn all_wait_for_one_fetch_and_no_longer_than_it_may_take() {
    still(async {
        let scene = Scene::begin().await;
        scene.idp.answers(KEYS, Conduct::Hang);
        let stranger = key("key-2");
        let tokens: Vec<_> = (0..100).map(|_| scene.signed_by(&stranger)).collect();
        let all = join_all(tokens.iter().map(|token| scene.statuses(token)));
        let give_up = async {
            until("the fetch hangs", || scene.fetches() == 2).await;
            tokio::time::advance(PATIENCE).await;
        };
        let (answers, ()) = futures_util::join!(all, give_up);
        assert!(answers.iter().all(|answer| *answer == [401, 401]), "{answers:?}");
        assert_eq!(scene.fetches(), 2);
    });
}

/// Who gives up waiting takes nothing from those who wait on.
#[test]
fn a_cancelled_request_does_not_cancel_the_fetch() {
    still(async {
        let scene = Scene::begin().await;
        let new = key("key-2");
        scene.idp.publish(&[&scene.key, &new]);
        scene.idp.answers(KEYS, Conduct::Held);
        let (first, second) = (scene.signed_by(&new), scene.signed_by(&new));
        assert_eq!(verify(&scene.gate, &first).now_or_never(), None, "it began the fetch and left");
        until("the fetch has begun", || scene.fetches() == 2).await;
        let waiting = verify(&scene.gate, &second);
        let release = async { scene.idp.answers(KEYS, Conduct::Good) };
        let (verified, ()) = futures_util::join!(waiting, release);
        assert_eq!(verified, Ok("alice".to_owned()));
        assert_eq!(scene.fetches(), 2);
    });
}

#[test]
fn a_fetch_that_nobody_waits_for_any_more_brings_keys() {
    still(async {
        let scene = Scene::begin().await;
        let new = key("key-2");
        scene.idp.publish(&[&scene.key, &new]);
        let token = scene.signed_by(&new);
        assert_eq!(verify(&scene.gate, &token).now_or_never(), None);
        scene.landed().await;
        scene.admits(&token, "the fetch went on");
        assert_eq!(scene.fetches(), 2);
    });
}

#[test]
fn keys_are_fetched_without_requests() {
    still(async {
        let scene = Scene::begin().await;
        let (known, new) = (scene.token(), key("key-2"));
        scene.admits(&known, "before");
        scene.idp.publish(&[&new]);
        for _ in 0..DUE.as_secs() + 2 {
            scene.pass(Duration::from_secs(1)).await;
            scene.landed().await;
        }
        assert_eq!(scene.fetches(), 2);
        scene.admits(&scene.signed_by(&new), "the new key, without waiting");
        // This one makes them be fetched once more.
        refused(&scene.ask(&known).await, "the old key");
    });
}

#[test]
fn a_gate_that_is_dropped_leaves_nothing_behind() {
    still(async {
        let (key, clock) = (key("key-1"), clock());
        let idp = LoopbackIssuer::start(&[&key]);
        let gate = builder(&idp, &clock).discover().await.unwrap();
        let other = gate.clone();
        tasks(1).await;
        drop(gate);
        tokio::time::advance(PATIENCE).await;
        tasks(1).await;
        drop(other);
        tokio::time::advance(PATIENCE).await;
        tasks(0).await;
        clock.advance(DUE);
        tokio::time::advance(DUE).await;
        assert_eq!(idp.requests(KEYS), 1);
    });
}

/// A fetch that is under way when its gate is dropped ends by itself.
#[test]
fn a_gate_that_is_dropped_waits_for_no_fetch() {
    still(async {
        let (key, clock) = (key("key-1"), clock());
        let idp = LoopbackIssuer::start(&[&key]);
        let gate = builder(&idp, &clock).discover().await.unwrap();
        idp.answers(KEYS, Conduct::Hang);
        clock.advance(DUE);
        let token = key.token(&Token::new().with("iss", idp.url()));
        assert_eq!(verify(&gate, &token).await, Ok("alice".to_owned()));
        until("the fetch hangs", || idp.requests(KEYS) == 2).await;
        drop(gate);
        tokio::time::advance(PATIENCE).await;
        tasks(1).await;
        tokio::time::advance(Duration::from_secs(1)).await;
        tasks(0).await;
    });
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime can be made")
}

/// A gate that was built on a runtime, and its issuer, which has a new key since.
struct Abroad {
    idp: LoopbackIssuer,
    clock: Arc<ManualClock>,
    gate: Gate,
    old: String,
    new: String,
}

fn built_on(runtime: &Runtime) -> Abroad {
    let (old, new, clock) = (key("key-1"), key("key-2"), clock());
    let idp = LoopbackIssuer::start(&[&old]);
    let gate = runtime.block_on(builder(&idp, &clock).discover()).unwrap();
    idp.publish(&[&old, &new]);
    let claims = Token::new().with("iss", idp.url()).with("exp", NOW + 1_000_000);
    let (old, new) = (old.token(&claims), new.token(&claims));
    Abroad { idp, clock, gate, old, new }
}

#[test]
fn a_gate_works_on_another_runtime_than_the_one_it_was_built_on() {
    let first = runtime();
    let Abroad { idp, clock, gate, old, new } = built_on(&first);
    drop(first);
    let second = runtime();
    assert_eq!(second.block_on(verify(&gate, &new)), Ok("alice".to_owned()));
    assert_eq!(idp.requests(KEYS), 2);
    clock.advance(DUE);
    second.block_on(async {
        assert_eq!(verify(&gate, &old).await, Ok("alice".to_owned()));
        until("keys are fetched when they are due", || idp.requests(KEYS) == 3).await;
    });
}

/// A runtime that ends takes its fetch along, and those that wait for it elsewhere go on.
#[test]
fn a_runtime_that_ends_in_the_middle_of_a_fetch_blocks_no_other() {
    let (first, second) = (runtime(), runtime());
    let Abroad { idp, clock, gate, new, .. } = built_on(&first);
    idp.answers(KEYS, Conduct::Held);
    first.block_on(async {
        assert_eq!(verify(&gate, &new).now_or_never(), None);
        until("the fetch is held", || idp.requests(KEYS) == 2).await;
    });
    let waiting = verify(&gate, &new);
    drop(first);
    assert_eq!(second.block_on(waiting), Err(401), "no fetch is left that could help");
    idp.answers(KEYS, Conduct::Good);
    clock.advance(Duration::from_secs(30));
    assert_eq!(second.block_on(verify(&gate, &new)), Ok("alice".to_owned()));
}

/// The same before the fetch has taken its first step.
#[test]
fn a_runtime_that_ends_before_a_fetch_began_blocks_no_other() {
    let (first, second) = (runtime(), runtime());
    let Abroad { idp, clock, gate, new, .. } = built_on(&first);
    assert_eq!(first.block_on(async { verify(&gate, &new).now_or_never() }), None);
    drop(first);
    assert_eq!(idp.requests(KEYS), 1, "it never began");
    clock.advance(Duration::from_secs(30));
    assert_eq!(second.block_on(verify(&gate, &new)), Ok("alice".to_owned()));
    clock.advance(Duration::from_secs(60 * 60 + 1));
    assert_eq!(second.block_on(verify(&gate, &new)), Ok("alice".to_owned()));
    assert_eq!(idp.requests(KEYS), 3);
}

/// Where there is no runtime nothing is fetched; the keys at hand decide all the same.
#[test]
fn without_a_runtime_the_keys_at_hand_decide() {
    let first = runtime();
    let Abroad { idp, clock, gate, old, new } = built_on(&first);
    let now = |token| verify(&gate, token).now_or_never();
    assert_eq!(now(&new), Some(Err(401)));
    clock.advance(DUE);
    assert_eq!(now(&old), Some(Ok("alice".to_owned())));
    clock.advance(Duration::from_secs(60 * 60));
    assert_eq!(now(&old), Some(Err(503)));
    assert_eq!(idp.requests(KEYS), 1);
}
