//! F2, F8, J5, J6: whatever becomes of the page with the keys, the last good set is kept, for as
//! long as keys may be gone by and not a second longer.

use std::time::Duration;

use serde_json::json;
use stepup_core::Timestamp;
use stepup_tests::{Conduct, HUGE, LoopbackIssuer, NOW};

use crate::scene::{DUE, KEYS, Scene, admitted, key, unavailable};
use crate::still::still;

const LIMIT: u64 = 60 * 60;

/// The issuer fails for an hour and a second, and recovers.
fn the_last_good_set_is_kept(fail: impl Fn(&LoopbackIssuer), recover: impl Fn(&Scene)) {
    still(async {
        let scene = Scene::begin().await;
        let (known, stranger) = (scene.token(), key("key-2"));
        scene.admits(&known, "before");
        fail(&scene.idp);

        scene.clock.advance(DUE);
        for _ in 0..3 {
            scene.admits(&known, "a known token, while keys are fetched");
            scene.admits(&scene.token(), "a new token under a known key, while keys are fetched");
        }
        scene.gives_up().await;
        assert!(scene.fetches() <= 2, "one flight: {}", scene.fetches());
        scene.admits(&known, "a known token, after a fetch that failed");
        scene.admits(&scene.token(), "a new token, after a fetch that failed");
        scene.refuses(&scene.signed_by(&stranger), "nobody waits for an issuer that fails");
        scene.landed().await;

        scene.clock.set(Timestamp::from_secs(NOW + LIMIT));
        scene.admits(&known, "a known token, an hour after the last good fetch");
        scene.admits(&scene.token(), "a new token, an hour after the last good fetch");
        scene.gives_up().await;
        scene.clock.set(Timestamp::from_secs(NOW + LIMIT + 1));
        scene.cannot_tell(&known, "a known token, a second later");
        scene.cannot_tell(&scene.token(), "a new token, a second later");
        scene.cannot_tell(&scene.signed_by(&stranger), "a stranger, a second later");
        scene.gives_up().await;
        scene.cannot_tell(&known, "a known token, once more");
        scene.gives_up().await;
        scene.clock.advance(Duration::from_secs(30));
        scene.cannot_tell(&known, "a known token, half a minute later");
        scene.gives_up().await;

        recover(&scene);
        scene.clock.advance(Duration::from_secs(2));
        scene.cannot_tell(&known, "the request that finds the fetch due");
        scene.landed().await;
        scene.admits(&known, "a known token, after the recovery");
        scene.admits(&scene.token(), "a new token, after the recovery");
        scene.idp.publish(&[&scene.key, &stranger]);
        admitted(&scene.ask(&scene.signed_by(&stranger)).await, "a new key is waited for again");
    });
}

fn conduct(conduct: Conduct) {
    the_last_good_set_is_kept(
        |idp| idp.answers(KEYS, conduct.clone()),
        |scene| scene.idp.answers(KEYS, Conduct::Good),
    );
}

#[test]
fn f8_j5_keys_hang() {
    conduct(Conduct::Hang);
}

#[test]
fn f8_j5_keys_drip() {
    conduct(Conduct::Drip);
}

#[test]
fn f8_j5_keys_are_answered_500() {
    conduct(Conduct::Status(500));
}

#[test]
fn f8_j5_keys_are_answered_404() {
    conduct(Conduct::Status(404));
}

/// A document counts with 200 alone.
#[test]
fn f8_j5_keys_are_answered_203() {
    conduct(Conduct::Status(203));
}

#[test]
fn f8_j5_keys_are_cut_off() {
    conduct(Conduct::Cut);
}

#[test]
fn f8_j5_keys_are_a_page_for_people() {
    conduct(Conduct::Html);
}

#[test]
fn f8_j5_keys_are_huge_and_say_so() {
    conduct(Conduct::Huge { stated: true });
}

#[test]
fn f8_j5_keys_are_huge_and_do_not_say_so() {
    conduct(Conduct::Huge { stated: false });
}

#[test]
fn f8_j5_the_set_is_empty() {
    the_last_good_set_is_kept(
        |idp| idp.put(KEYS, &json!({"keys": []})),
        |scene| scene.idp.publish(&[&scene.key]),
    );
}

#[test]
fn f2_f8_the_issuer_is_down() {
    the_last_good_set_is_kept(LoopbackIssuer::stop, |scene| scene.idp.listen());
}

#[test]
fn f8_j5_a_huge_answer_is_not_read() {
    for stated in [true, false] {
        still(async {
            let scene = Scene::begin().await;
            scene.idp.answers(KEYS, Conduct::Huge { stated });
            scene.clock.advance(DUE);
            scene.admits(&scene.token(), "before");
            scene.landed().await;
            assert_eq!(scene.fetches(), 2);
            // Most of it lies in the sockets' buffers.
            assert!(scene.idp.taken() < HUGE / 8, "{} bytes", scene.idp.taken());
        });
    }
}

/// J6: a limit of the gate's own.
#[test]
fn j6_keys_are_gone_by_as_long_as_the_gate_says() {
    for limit in [60, 24 * 60 * 60] {
        still(async {
            let scene = Scene::settled(|gate| gate.stale_keys_for(Duration::from_secs(limit)));
            let scene = scene.await;
            let known = scene.token();
            scene.idp.stop();
            for (later, good) in [(0, true), (limit, true), (limit + 1, false), (limit * 2, false)]
            {
                scene.clock.set(Timestamp::from_secs(NOW + later));
                for token in [&known, &scene.token()] {
                    let (answer, when) = (scene.ask(token).await, format!("{later} of {limit} s"));
                    if good { admitted(&answer, &when) } else { unavailable(&answer, &when) }
                }
                scene.landed().await;
            }
        });
    }
}

/// However short the limit: an issuer that answers is asked again before it.
#[test]
fn j6_a_short_limit_costs_nothing_while_the_issuer_answers() {
    still(async {
        let scene = Scene::settled(|gate| gate.stale_keys_for(Duration::from_secs(60))).await;
        for later in (0..900).step_by(5) {
            scene.clock.set(Timestamp::from_secs(NOW + later));
            scene.admits(&scene.token(), &format!("{later} s later"));
            scene.landed().await;
        }
        assert!(scene.fetches() <= 900 / 30 + 1, "{}", scene.fetches());
    });
}
