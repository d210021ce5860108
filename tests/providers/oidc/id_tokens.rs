//! What makes an ID token no proof.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use stepup_core::Algorithm;
use stepup_tests::{Framework, Issuer};

use super::scene::{Scene, is};

type Bend = fn(&mut Value, &mut Value);

const WRONG: (u16, &str, &str) = (403, "wrong-answer", "");
const OVER: (u16, &str, &str) = (409, "prompt-over", "");
const WEAK: (u16, &str, &str) = (409, "too-weak", "");

/// Each on its own makes a good token a bad one.
const BENDS: &[(&str, Bend, (u16, &str, &str))] = &[
    ("another's nonce", |_, claims| claims["nonce"] = "other".into(), WRONG),
    ("no nonce", |_, claims| drop(claims.as_object_mut().unwrap().remove("nonce")), WRONG),
    ("another client", |_, claims| claims["aud"] = "other".into(), WRONG),
    ("a client beside us", |_, claims| claims["aud"] = json!(["step-up:1", "other"]), WRONG),
    ("no audience", |_, claims| claims["aud"] = json!([]), WRONG),
    ("another party", |_, claims| claims["azp"] = "other".into(), WRONG),
    ("another issuer", |_, claims| claims["iss"] = "https://evil.example".into(), WRONG),
    (
        "a slash more",
        |_, claims| {
            claims["iss"] = format!("{}/", claims["iss"].as_str().unwrap()).into();
        },
        WRONG,
    ),
    ("expired", |_, claims| claims["exp"] = claims["iat"].clone(), WRONG),
    ("no end", |_, claims| drop(claims.as_object_mut().unwrap().remove("exp")), WRONG),
    ("from before", |_, claims| claims["iat"] = json!(1_000_000_000), WRONG),
    ("of later", |_, claims| claims["iat"] = json!(2_000_000_000), WRONG),
    ("beside another token", |_, claims| claims["at_hash"] = "AAAA".into(), WRONG),
    ("a login to come", |_, claims| claims["auth_time"] = json!(2_000_000_000), WRONG),
    ("an old login", |_, claims| claims["auth_time"] = json!(1_700_000_000), OVER),
    (
        "an undated login",
        |_, claims| drop(claims.as_object_mut().unwrap().remove("auth_time")),
        OVER,
    ),
    (
        "a login dated in words",
        |_, claims| {
            claims["auth_time"] = claims["auth_time"].to_string().into();
        },
        OVER,
    ),
    ("too weak", |_, claims| claims["acr"] = "urn:pwd".into(), WEAK),
    ("of a level that nobody named", |_, claims| claims["acr"] = "urn:mfa2".into(), WEAK),
    ("of no level", |_, claims| drop(claims.as_object_mut().unwrap().remove("acr")), WEAK),
    ("another user", |_, claims| claims["sub"] = "subject-2".into(), WRONG),
    ("another user's case", |_, claims| claims["sub"] = "Subject-1".into(), WRONG),
    ("nobody", |_, claims| drop(claims.as_object_mut().unwrap().remove("sub")), WRONG),
    ("an access token", |header, _| header["typ"] = "at+jwt".into(), WRONG),
    ("what is not understood", |header, _| header["crit"] = json!(["exp"]), WRONG),
    ("another algorithm", |header, _| header["alg"] = "ES384".into(), WRONG),
    ("no algorithm", |header, _| header["alg"] = "none".into(), WRONG),
    ("a shared secret", |header, _| header["alg"] = "HS256".into(), WRONG),
    // It is looked for, once, and the provider is at fault.
    ("an unknown key", |header, _| header["kid"] = "other".into(), (503, "unavailable", "30")),
];

type Resign = fn(&str, &Issuer) -> String;

const RESIGNED: &[(&str, Resign)] = &[
    ("by another key", |token, _| {
        let (message, _) = token.rsplit_once('.').unwrap();
        let other = Issuer::new(Algorithm::Es256);
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(other.signature(message.as_bytes())))
    }),
    ("by nobody", |token, _| format!("{}.", token.rsplit_once('.').unwrap().0)),
    ("of something else", |token, _| {
        let mut parts: Vec<&str> = token.split('.').collect();
        let claims = URL_SAFE_NO_PAD.decode(parts[1]).unwrap();
        let claims = String::from_utf8(claims).unwrap().replace("subject-1", "subject-9");
        let claims = URL_SAFE_NO_PAD.encode(claims);
        parts[1] = &claims;
        parts.join(".")
    }),
    ("with two users", |token, signer| {
        let mut parts = token.split('.');
        let header = URL_SAFE_NO_PAD.decode(parts.next().unwrap()).unwrap();
        let claims = URL_SAFE_NO_PAD.decode(parts.next().unwrap()).unwrap();
        let claims = String::from_utf8(claims).unwrap();
        let claims = format!(r#"{{"sub":"subject-2",{}"#, claims.strip_prefix('{').unwrap());
        signer.sign(&String::from_utf8(header).unwrap(), &claims)
    }),
    ("in no parts", |_, _| "token".to_owned()),
];

#[tokio::test]
async fn an_id_token_that_is_bent_in_any_way_proves_nothing() {
    for framework in Framework::ALL {
        for (what, bend, expected) in BENDS {
            let scene = Scene::begin(framework).await;
            let alice = scene.alice_anew().await;
            let sent = scene.send(&alice).await;
            scene.double.inner().bend = *bend;
            let answer = sent.post(&alice, &scene.double.log_in(&sent.prompt)).await;
            is(&answer, *expected, what);
            // What was wrong was the token, and nothing else.
            scene.double.inner().bend = |_, _| {};
            let sent = scene.send(&alice).await;
            let answer = sent.post(&alice, &scene.double.log_in(&sent.prompt)).await;
            assert_eq!(answer.status, 200, "{what}: {}", answer.json());
            scene.assert_conformant();
        }
    }
}

#[tokio::test]
async fn an_id_token_that_nobody_signed_proves_nothing() {
    for framework in Framework::ALL {
        let scene = Scene::begin(framework).await;
        for (what, resign) in RESIGNED {
            let alice = scene.alice_anew().await;
            let sent = scene.send(&alice).await;
            scene.double.inner().resign = Some(*resign);
            let answer = sent.post(&alice, &scene.double.log_in(&sent.prompt)).await;
            is(&answer, WRONG, what);
            scene.double.inner().resign = None;
            let sent = scene.send(&alice).await;
            let answer = sent.post(&alice, &scene.double.log_in(&sent.prompt)).await;
            assert_eq!(answer.status, 200, "{what}: {}", answer.json());
            scene.service.wait(3600);
        }
        scene.assert_conformant();
    }
}
