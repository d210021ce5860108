//! I8: back again within five seconds, whatever the failure was and whether or not anybody asks.

use std::time::Duration;

use stepup_core::Timestamp;
use stepup_tests::{Conduct, LoopbackIssuer, NOW};

use crate::scene::{DUE, KEYS, Scene, key};
use crate::still::{still, until};

const SECOND: Duration = Duration::from_secs(1);

/// A gate whose keys are too old, as its issuer has been failing for long.
async fn stale(fail: impl Fn(&LoopbackIssuer)) -> Scene {
    let scene = Scene::begin().await;
    fail(&scene.idp);
    scene.clock.advance(DUE);
    scene.admits(&scene.token(), "the first that finds it failing");
    scene.gives_up().await;
    scene.clock.advance(Duration::from_secs(60 * 60));
    scene.cannot_tell(&scene.token(), "an hour later");
    scene.gives_up().await;
    scene
}

/// The issuer is back right after a fetch was begun that hangs: the worst moment.
#[test]
fn i8_it_recovers_within_five_seconds_at_the_worst_moment() {
    still(async {
        let scene = stale(|idp| idp.answers(KEYS, Conduct::Hang)).await;
        let before = scene.fetches();
        scene.pass(2 * SECOND).await;
        scene.cannot_tell(&scene.token(), "when the fetch begins");
        until("the fetch hangs", || scene.fetches() > before).await;
        scene.idp.answers(KEYS, Conduct::Good);
        for _ in 0..5 {
            scene.ask_now(&scene.token());
            scene.pass(SECOND).await;
            // Whoever was woken by a timer has its turn.
            for _ in 0..9 {
                tokio::task::yield_now().await;
            }
        }
        scene.landed().await;
        scene.admits(&scene.token(), "five seconds after");
    });
}

#[test]
fn i8_it_recovers_without_being_asked() {
    still(async {
        let scene = stale(LoopbackIssuer::stop).await;
        scene.idp.listen();
        for _ in 0..5 {
            scene.pass(SECOND).await;
            scene.landed().await;
        }
        scene.admits(&scene.token(), "five seconds after");
    });
}

/// Who fails is asked every few seconds when it is needed, and twice a minute when it is not.
#[test]
fn f8_an_issuer_that_fails_is_asked_seldom() {
    still(async {
        let scene = Scene::begin().await;
        scene.idp.answers(KEYS, Conduct::Status(500));
        let (known, stranger) = (scene.token(), key("key-2"));
        scene.clock.advance(DUE);
        scene.admits(&known, "first");
        scene.landed().await;
        let before = scene.fetches();
        for _ in 0..600 {
            scene.pass(SECOND).await;
            scene.admits(&known, "while it fails");
            scene.refuses(&scene.signed_by(&stranger), "while it fails");
            scene.landed().await;
        }
        let fetches = scene.fetches() - before;
        assert!((18..=20).contains(&fetches), "{fetches} fetches in ten minutes");
    });
}

/// F7: a clock that is put back is no reason to ask again and again.
#[test]
fn f7_a_clock_put_back_does_not_ask_at_every_request() {
    still(async {
        let scene = Scene::begin().await;
        let known = scene.token();
        scene.admits(&known, "before");
        scene.idp.answers(KEYS, Conduct::Status(500));
        scene.clock.set(Timestamp::from_secs(NOW - 3600));
        let before = scene.fetches();
        for _ in 0..50 {
            let _ = scene.ask(&known).await;
            scene.landed().await;
        }
        let fetches = scene.fetches() - before;
        assert_eq!(fetches, 1, "put back, keys are fetched once");
    });
}

/// F7: how old keys are is not known after the clock was put back; they do not last for ever.
#[test]
fn f7_a_clock_put_back_does_not_make_keys_last_longer() {
    still(async {
        let scene = Scene::begin().await;
        let claims = || scene.claims().with("iat", NOW - 100_000).with("auth_time", NOW - 100_000);
        let token = || scene.key.token(&claims());
        scene.idp.stop();
        let put_back = NOW - 80_000;
        scene.clock.set(Timestamp::from_secs(put_back));
        scene.admits(&token(), "put back");
        scene.landed().await;
        scene.clock.set(Timestamp::from_secs(put_back + 3600));
        scene.admits(&token(), "an hour later");
        scene.landed().await;
        scene.clock.set(Timestamp::from_secs(put_back + 3601));
        scene.cannot_tell(&token(), "more than an hour later");
    });
}
