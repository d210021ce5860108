//! J7, J8: what an issuer publishes beside its good keys, and who may sign with what.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use stepup_core::Algorithm;
use stepup_tests::{Issuer, LoopbackIssuer, clock};

use crate::scene::{DUE, KEYS, Scene, builder, key, refused};
use crate::still::still;

fn changed(mut jwk: Value, change: &Value) -> Value {
    jwk.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    jwk
}

/// Keys that cannot be used, each with its name.
fn bad_keys() -> Vec<(&'static str, Value)> {
    let bytes = |length: usize| URL_SAFE_NO_PAD.encode(vec![0xc1; length]);
    let (ed, ec) = (key("bad"), Issuer::with_kid(Algorithm::Es256, "bad"));
    vec![
        ("undecodable", changed(ed.jwk(), &json!({"x": "!!!"}))),
        ("too short", changed(ed.jwk(), &json!({"x": bytes(31)}))),
        ("no key at all", json!(7)),
        ("empty", json!({})),
        ("of no type", json!({"kid": "bad", "alg": "EdDSA"})),
        ("symmetric", json!({"kty": "oct", "kid": "bad", "alg": "HS256", "k": bytes(32)})),
        ("for encryption", changed(ed.jwk(), &json!({"use": "enc"}))),
        ("not for checking", changed(ed.jwk(), &json!({"use": null, "key_ops": ["encrypt"]}))),
        ("private", changed(ed.jwk(), &json!({"d": bytes(32)}))),
        ("of another curve", changed(ed.jwk(), &json!({"crv": "X25519"}))),
        ("off its curve", changed(ec.jwk(), &json!({"y": bytes(32)}))),
        (
            "RSA of 512 bits",
            json!({"kty": "RSA", "kid": "bad", "alg": "RS256", "n": bytes(64), "e": "AQAB"}),
        ),
        (
            "RSA with exponent 1",
            json!({"kty": "RSA", "kid": "bad", "alg": "RS256", "n": bytes(256), "e": "AQ"}),
        ),
    ]
}

/// A scene whose issuer publishes these.
async fn publishing(keys: &[Value], key: Issuer) -> Scene {
    let idp = LoopbackIssuer::start(&[]);
    idp.put(KEYS, &json!({ "keys": keys }));
    Scene::of(idp, key, |gate| gate).await
}

#[test]
fn j7_a_bad_key_spoils_no_other() {
    let all = bad_keys().into_iter().map(|(_, bad)| bad).collect::<Vec<_>>();
    let each = bad_keys().into_iter().map(|(name, bad)| (name, vec![bad]));
    for (name, bad) in each.chain([("all of them", all)]) {
        still(async {
            let good = key("key-1");
            let scene = publishing(&[bad.as_slice(), &[good.jwk()]].concat(), good).await;
            scene.admits(&scene.token(), name);
        });
        still(async {
            let good = key("key-1");
            let scene = publishing(&[&[good.jwk()], bad.as_slice()].concat(), good).await;
            scene.admits(&scene.token(), name);
        });
        still(async {
            let idp = LoopbackIssuer::start(&[]);
            idp.put(KEYS, &json!({ "keys": bad }));
            let error = builder(&idp, &clock()).discover().await.unwrap_err().to_string();
            let no_key = "the key set has no key that can check a signature";
            assert!(error.ends_with(no_key), "{name} alone: {error}");
        });
    }
}

/// J7: a key that anybody can read makes nobody's tokens.
#[test]
fn j7_a_symmetric_key_signs_nothing() {
    still(async {
        let good = key("key-1");
        let secret = [7_u8; 32];
        let k = URL_SAFE_NO_PAD.encode(secret);
        let oct = json!({"kty": "oct", "kid": "shared", "alg": "HS256", "use": "sig", "k": k});
        let scene = publishing(&[oct, good.jwk()], good).await;
        for kid in ["shared", "key-1"] {
            let header = json!({"typ": "at+jwt", "alg": "HS256", "kid": kid}).to_string();
            let [header, payload] =
                [header, scene.claims().payload()].map(|part| URL_SAFE_NO_PAD.encode(part));
            let message = format!("{header}.{payload}");
            let hmac = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &secret);
            let tag = aws_lc_rs::hmac::sign(&hmac, message.as_bytes());
            let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref()));
            refused(&scene.ask(&token).await, kid);
        }
    });
}

/// J8: of two keys with one name nobody can tell which is meant, so neither counts.
#[test]
fn j8_two_keys_of_one_name_are_both_left_out() {
    for order in [[0, 1, 2], [1, 0, 2], [1, 2, 0]] {
        still(async {
            let keys = [key("key-1"), key("twice"), key("twice")];
            let idp = LoopbackIssuer::start(&order.map(|at| &keys[at]));
            let scene = Scene::of(idp, key("unused"), |gate| gate).await;
            scene.admits(&scene.signed_by(&keys[0]), "the good one");
            refused(&scene.ask(&scene.signed_by(&keys[1])).await, "one of the two");
            refused(&scene.ask(&scene.signed_by(&keys[2])).await, "the other");
        });
    }
}

/// The same key twice is one key.
#[test]
fn j8_one_key_that_stands_twice_counts() {
    still(async {
        let good = key("key-1");
        let scene = publishing(&[good.jwk(), good.jwk()], good).await;
        scene.admits(&scene.token(), "published twice");
    });
}

/// F8: 64 keys are read; with one more there is no set, and the last good one is kept.
#[test]
fn f8_a_set_has_64_keys_at_most() {
    still(async {
        let keys: Vec<_> = (0..65).map(|n| key(&format!("key-{n}"))).collect();
        let all: Vec<_> = keys.iter().collect();
        let idp = LoopbackIssuer::start(&all[..64]);
        let scene = Scene::of(idp, key("unused"), |gate| gate).await;
        scene.admits(&scene.signed_by(&keys[63]), "the last of 64");
        scene.idp.publish(&all);
        scene.clock.advance(DUE);
        scene.admits(&scene.signed_by(&keys[0]), "while they are fetched");
        scene.landed().await;
        scene.admits(&scene.signed_by(&keys[0]), "the last good set is kept");
        scene.refuses(&scene.signed_by(&keys[64]), "the one too many");
        scene.idp.publish(&all[1..]);
        scene.clock.advance(DUE);
        scene.admits(&scene.signed_by(&keys[1]), "while they are fetched");
        scene.landed().await;
        scene.admits(&scene.signed_by(&keys[64]), "64 others");
        refused(&scene.ask(&scene.signed_by(&keys[0])).await, "the one that is gone");
    });
}

/// F8: the last byte that is read, and the first that is not.
#[test]
fn f8_a_set_has_256_kib_at_most() {
    let padded = |key: &Issuer, length: usize| {
        let bare = json!({"keys": [key.jwk()], "pad": ""}).to_string().len();
        json!({"keys": [key.jwk()], "pad": "x".repeat(length - bare)})
    };
    for (length, read) in [(256 * 1024, true), (256 * 1024 + 1, false)] {
        still(async {
            let (scene, new) = (Scene::begin().await, key("key-2"));
            scene.idp.put(KEYS, &padded(&new, length));
            let answer = scene.ask(&scene.signed_by(&new)).await;
            assert_eq!(answer.status, if read { 200 } else { 401 }, "{length} bytes");
        });
    }
}
