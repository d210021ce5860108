#![cfg(test)]

use std::sync::atomic::Ordering;

use stepup_core::{Algorithm, Gate};

use super::super::SigningKeys;
use super::stage::*;
use super::*;
use crate::sealing::SealingKeys;
use crate::store::{Change, Commit, Key, Store};

/// P5: two instances that look at the store now and then, gates of theirs, and one elsewhere
/// that fetches every five minutes; four days with a rotation each.
#[tokio::test]
async fn p5_rotation_never_refuses_a_live_token_and_ends_the_old_key() {
    let scene = Scene::new();
    let (a, b) = (scene.open(daily(), NOW).await.unwrap(), scene.open(daily(), NOW).await.unwrap());
    let first = a.issuer.0.keys.held().ring.signing(Timestamp::from_secs(NOW)).key.clone();
    let mut live: Vec<(u64, String)> = Vec::new();
    let (mut signed_by, mut ended) = (Vec::new(), None);
    let mut elsewhere = None;
    for now in (NOW..NOW + 4 * DAY).step_by(150) {
        // Which of them comes first changes.
        let order = if now % 300 == 0 { [&a, &b] } else { [&b, &a] };
        for instance in order {
            instance.at(now).look().await;
        }
        if (now - NOW).is_multiple_of(5 * MINUTE) {
            let keys = KeySet::from_jwks(&b.issuer.jwks().await.unwrap()).unwrap();
            let gate = Gate::builder(ISSUER, AUDIENCE).keys(keys).clock(a.clock.clone());
            elsewhere = Some(gate.build().unwrap());
        }
        let tokens = [a.login().await.unwrap(), b.login().await.unwrap()];
        for token in &tokens {
            let kid = kid(token);
            if !signed_by.contains(&kid) {
                signed_by.push(kid);
            }
            for gate in [&a.gate, &b.gate, elsewhere.as_ref().unwrap()] {
                assert!(passes(gate, token).await, "{} s", now - NOW);
            }
        }
        assert_eq!(kid(&tokens[0]), kid(&tokens[1]), "{} s", now - NOW);
        live.retain(|(until, _)| now < *until);
        if (now - NOW).is_multiple_of(HOUR) {
            for (_, token) in &live {
                for gate in [&a.gate, &b.gate, elsewhere.as_ref().unwrap()] {
                    assert!(passes(gate, token).await, "{} s", now - NOW);
                }
            }
            live.extend(tokens.map(|token| (now + DAY, token)));
            // Who has the first key goes on signing with it.
            let claims = json!({
                "iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "client_id": "x", "iat": now,
                "exp": now + HOUR, "jti": now.to_string(), "acr": "mfa",
            });
            let stolen = first.sign(&claims).unwrap();
            let passed = [passes(&a.gate, &stolen).await, passes(&b.gate, &stolen).await];
            assert_eq!(passed[0], passed[1]);
            match ended {
                None if !passed[0] => ended = Some(now - NOW),
                None => {}
                Some(_) => assert!(!passed[0], "the old key came back"),
            }
        }
    }
    assert_eq!(signed_by.len(), 4);
    assert_eq!(live.len(), 2 * 24);
    // It signed for a day, and was published for a day, an hour and five minutes more.
    assert_eq!(ended, Some(2 * DAY + 2 * HOUR));
    assert_eq!(a.published().await, b.published().await);
}

/// All find no key, and each makes one.
#[tokio::test]
async fn p5_instances_that_start_at_once_agree_on_one_key() {
    let scene = Arc::new(Scene::new());
    scene.store.let_meet(4);
    let start = || {
        let scene = scene.clone();
        tokio::spawn(async move { scene.open(daily(), NOW).await.unwrap() })
    };
    let mut kids = Vec::new();
    for start in [start(), start(), start(), start()] {
        let instance = start.await.unwrap();
        kids.push(kid(&instance.login().await.unwrap()));
    }
    assert_eq!(scene.store.reads.load(Ordering::SeqCst), 4 + 3, "three came too late");
    kids.dedup();
    assert_eq!(kids.len(), 1);
}

/// All find that the next key is due, and each makes one.
#[tokio::test]
async fn p5_instances_that_notice_at_once_add_one_key() {
    let scene = Scene::new();
    let mut instances = Vec::new();
    for _ in 0..4 {
        instances.push(scene.open(daily(), NOW).await.unwrap());
    }
    scene.store.let_meet(4);
    let looks = instances.into_iter().map(|instance| {
        tokio::spawn(async move {
            instance.at(NOW + DAY).look().await;
            instance.published().await
        })
    });
    let mut published = Vec::new();
    for look in looks.collect::<Vec<_>>() {
        published.push(look.await.unwrap());
    }
    assert_eq!(scene.store.reads.load(Ordering::SeqCst), 4 + 4 + 3, "three came too late");
    published.dedup();
    assert_eq!(published.len(), 1);
    assert_eq!(published[0].len(), 2);
}

/// F2: the ring at hand is used for an hour, and not for longer.
#[tokio::test]
async fn f2_without_its_store_an_issuer_signs_for_an_hour() {
    let scene = Scene::new();
    let instance = scene.open(daily(), NOW).await.unwrap();
    scene.store.away.store(true, Ordering::SeqCst);
    let token = instance.at(NOW + HOUR).login().await.unwrap();
    assert!(instance.at(NOW + HOUR + 1).login().await.is_err());
    assert!(instance.issuer.jwks().await.is_err());
    assert!(passes(&instance.gate, &token).await, "verifying goes on");
    scene.store.away.store(false, Ordering::SeqCst);
    assert!(instance.login().await.is_ok(), "as soon as it is back");
    scene.store.away.store(true, Ordering::SeqCst);
    assert!(scene.open(daily(), NOW).await.is_err(), "none starts without it");
}

#[tokio::test]
async fn f8_the_store_is_not_asked_for_each_token() {
    let scene = Scene::new();
    let instance = scene.open(daily(), NOW).await.unwrap();
    let reads = || scene.store.reads.swap(0, Ordering::SeqCst);
    assert_eq!(reads(), 1);
    for second in 0..=30 {
        instance.at(NOW + second).login().await.unwrap();
    }
    assert_eq!(reads(), 0);
    instance.at(NOW + 31).login().await.unwrap();
    assert_eq!(reads(), 1);
    // Nor each time that it is away.
    scene.store.away.store(true, Ordering::SeqCst);
    for second in 0..60 {
        instance.at(NOW + 100 + second).login().await.unwrap();
    }
    assert_eq!(reads(), 12);
}

/// F7: a clock that was put back finds what was right then.
#[tokio::test]
async fn f7_a_clock_put_back_harms_nothing() {
    let scene = Scene::new();
    let (a, b) = (scene.open(daily(), NOW).await.unwrap(), scene.open(daily(), NOW).await.unwrap());
    let (old, kids) = (kid(&a.login().await.unwrap()), a.published().await);
    a.at(NOW + DAY).look().await;
    let new = kid(&a.at(NOW + DAY + 6 * MINUTE).login().await.unwrap());
    assert_ne!(old, new);
    for back in [HOUR, DAY, 30 * DAY] {
        let token = a.at(NOW + DAY + 6 * MINUTE - back).login().await.unwrap();
        assert!(passes(&a.gate, &token).await);
        assert_eq!(kid(&token), old, "{back} s back");
        assert_eq!(a.published().await.len(), kids.len() + 1, "nothing new is made");
    }
    assert_eq!(kid(&a.at(NOW + DAY + 7 * MINUTE).login().await.unwrap()), new);
    assert_eq!(kid(&b.at(NOW + DAY + 7 * MINUTE).login().await.unwrap()), new);
}

/// J6: what is withdrawn ends here at once, and elsewhere when it is looked at.
#[tokio::test]
async fn j6_withdrawing_ends_every_token_before() {
    let scene = Scene::new();
    let (a, b) = (scene.open(daily(), NOW).await.unwrap(), scene.open(daily(), NOW).await.unwrap());
    let old = a.login().await.unwrap();
    assert!(passes(&a.gate, &old).await && passes(&b.gate, &old).await);
    a.issuer.rotate_now_and_withdraw().await.unwrap();
    assert!(!passes(&a.gate, &old).await);
    let new = a.login().await.unwrap();
    assert!(passes(&a.gate, &new).await);
    assert_eq!(a.published().await, [kid(&new)]);
    assert!(passes(&b.gate, &old).await, "it did not look yet");
    b.at(NOW + 31).look().await;
    assert!(!passes(&b.gate, &old).await);
    assert!(passes(&b.gate, &new).await);

    let key = SigningKey::generate(Algorithm::Es256).unwrap();
    let given = scene.open(SigningKeys::of(key), NOW).await.unwrap();
    assert!(given.issuer.rotate_now_and_withdraw().await.is_err());
}

/// S12, S10: what cannot be read is not replaced, and says what to do.
#[tokio::test]
async fn s12_keys_that_cannot_be_read_do_not_start() {
    let scene = Scene::new();
    let first = scene.open(daily(), NOW).await.unwrap();
    let published = first.published().await;
    let sealing = Arc::new(SealingKeys::generate().unwrap());
    let other = Scene { store: scene.store.clone(), sealing };
    let error = other.open(daily(), NOW).await.err().unwrap().to_string();
    assert!(error.contains("another sealing key") && error.contains(".or_before("), "{error}");
    assert_eq!(scene.open(daily(), NOW).await.unwrap().published().await, published);
}

#[tokio::test]
async fn a_store_that_lost_the_keys_gets_them_back() {
    let scene = Scene::new();
    let instance = scene.open(daily(), NOW).await.unwrap();
    let token = instance.login().await.unwrap();
    let key = [Key::of(crate::store::Kind::SigningKeys, &[ISSUER])];
    let found = scene.store.read(&key).await.unwrap();
    let [key] = key;
    let read = found.records[0].as_ref().map(|record| record.revision);
    let change = Change { key, read, write: crate::store::Write::Remove };
    assert_eq!(scene.store.commit(found.epoch, &[change]).await, Ok(Commit::Done));
    instance.at(NOW + 31).look().await;
    let other = scene.open(daily(), NOW + 31).await.unwrap();
    assert!(passes(&other.gate, &token).await);
    assert_eq!(other.published().await, instance.published().await);
}

/// Another algorithm is turned to by the usual way, once.
#[tokio::test]
async fn another_algorithm_is_published_before_it_signs() {
    let scene = Scene::new();
    let old = scene.open(daily(), NOW).await.unwrap();
    let turned = || SigningKeys::in_store(Algorithm::Es256);
    let new = scene.open(turned(), NOW).await.unwrap();
    let again = scene.open(turned(), NOW + 60).await.unwrap();
    assert_eq!(new.issuer.algorithms().await.unwrap(), [Algorithm::EdDsa, Algorithm::Es256]);
    assert_eq!(new.published().await, again.published().await);
    let token = new.login().await.unwrap();
    assert!(passes(&old.gate, &token).await);
    let token = new.at(NOW + 10 * MINUTE).login().await.unwrap();
    assert!(!passes(&old.gate, &token).await, "not before it looked");
    old.at(NOW + 10 * MINUTE).look().await;
    assert!(passes(&old.gate, &token).await);
}

#[tokio::test]
async fn given_keys_sign_and_the_one_before_is_still_good() {
    let scene = Scene::new();
    let [old, new] = [Algorithm::Rs256, Algorithm::Es256]
        .map(|algorithm| SigningKey::generate(algorithm).unwrap());
    let before = scene.open(SigningKeys::of(old.clone()), NOW).await.unwrap();
    let after = SigningKeys::of(new.clone()).and_before(old.clone());
    let after = scene.open(after, NOW).await.unwrap();
    let (by_old, by_new) = (before.login().await.unwrap(), after.login().await.unwrap());
    assert_eq!([kid(&by_old), kid(&by_new)], [old.kid(), new.kid()]);
    assert!(passes(&after.gate, &by_old).await && passes(&after.gate, &by_new).await);
    assert!(!passes(&before.gate, &by_new).await);
    assert_eq!(scene.store.reads.load(Ordering::SeqCst), 0, "the store has nothing to say");
}

#[tokio::test]
async fn debug_shows_no_key() {
    let scene = Scene::new();
    let instance = scene.open(daily(), NOW).await.unwrap();
    let held = instance.issuer.0.keys.held();
    let key = &held.ring.signing(Timestamp::from_secs(NOW)).key;
    let shown = format!("{:?}", instance.issuer);
    assert!(shown.contains(key.kid()) && !shown.contains("pkcs8"), "{shown}");
}
