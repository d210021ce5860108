//! What makes a token no proof.

use serde_json::{Value, json};
use stepup_authority::EventKind;
use stepup_core::Algorithm;
use stepup_tests::{Framework, Issuer};

use super::{Scene, claims, google, problem};

type Change = fn(&mut Value);

const WRONG: (u16, &str) = (403, "wrong-answer");
/// It has to be done anew, and does not count as a guess.
const AGAIN: (u16, &str) = (409, "prompt-over");

const CHANGES: &[(&str, Change, (u16, &str))] = &[
    ("another user", |claims| claims["sub"] = "other".into(), WRONG),
    ("another project", |claims| claims["aud"] = "bank-8".into(), WRONG),
    (
        "another issuer",
        |claims| claims["iss"] = "https://session.firebase.google.com/bank-7".into(),
        WRONG,
    ),
    ("a tenant", |claims| claims["firebase"]["tenant"] = "a".into(), WRONG),
    ("no sign-in", |claims| drop(claims.as_object_mut().unwrap().remove("firebase")), WRONG),
    // A second factor that was added to a stolen session says that it was asked for.
    (
        "another second factor",
        |claims| claims["firebase"]["second_factor_identifier"] = "other".into(),
        WRONG,
    ),
    (
        "one factor",
        |claims| {
            let sign_in = claims["firebase"].as_object_mut().unwrap();
            sign_in.remove("sign_in_second_factor");
            sign_in.remove("second_factor_identifier");
        },
        AGAIN,
    ),
    (
        "an unnamed second factor",
        |claims| {
            claims["firebase"].as_object_mut().unwrap().remove("second_factor_identifier");
        },
        AGAIN,
    ),
    (
        "a sort that nobody knows",
        |claims| {
            claims["firebase"]["sign_in_second_factor"] = "carrier-pigeon".into();
        },
        AGAIN,
    ),
    (
        "a token of the service's own",
        |claims| {
            claims["firebase"]["sign_in_provider"] = "custom".into();
        },
        AGAIN,
    ),
    // Refreshed: issued now, of a sign-in from before the user was asked.
    (
        "an old sign-in",
        |claims| {
            claims["auth_time"] = (claims["iat"].as_u64().unwrap() - 6).into();
        },
        AGAIN,
    ),
    (
        "an undated sign-in",
        |claims| drop(claims.as_object_mut().unwrap().remove("auth_time")),
        AGAIN,
    ),
    (
        "a sign-in to come",
        |claims| {
            claims["auth_time"] = (claims["iat"].as_u64().unwrap() + 60).into();
        },
        WRONG,
    ),
    ("expired", |claims| claims["exp"] = claims["iat"].clone(), AGAIN),
];

#[tokio::test]
async fn a_token_that_is_changed_in_any_way_proves_nothing() {
    let google = google();
    for framework in Framework::ALL {
        let scene = Scene::enrolled(framework, &google).await;
        for (what, change, (status, name)) in CHANGES {
            let alice = scene.service.login("alice").await;
            let asked = scene.ask(&alice).await;
            let answer = asked.post(&alice, scene.token(change)).await;
            assert_eq!(problem(&answer), (*status, (*name).to_owned()), "{what}");
            // The same prompt is answered by what is right.
            let answer = asked.post(&alice, scene.token(|_| {})).await;
            assert_eq!(answer.status, 200, "{what}: {}", answer.json());
            scene.service.wait(3600);
        }
        let wrong = CHANGES.iter().filter(|(_, _, expected)| *expected == WRONG).count();
        assert_eq!(scene.service.events.count(EventKind::Failed), wrong);
    }
}

#[tokio::test]
async fn what_google_did_not_sign_proves_nothing() {
    let google = google();
    let other = Issuer::new(Algorithm::Rs256);
    for framework in Framework::ALL {
        let scene = Scene::enrolled(framework, &google).await;
        for (what, expected) in [
            ("by another", 403),
            ("by nobody", 403),
            ("without its signature", 403),
            ("no token", 400),
            ("no text", 400),
            ("a line more", 400),
            ("nothing", 400),
        ] {
            let good = scene.token(|_| {});
            let claims = claims(scene.service.now()).to_string();
            let unsigned = |signed: &str| format!("{}.", signed.rsplit_once('.').unwrap().0);
            let token = match what {
                "by another" => json!(other.sign(&other.header().to_string(), &claims)),
                "by nobody" => {
                    let header = json!({ "alg": "none", "typ": "JWT" }).to_string();
                    json!(unsigned(&google.sign(&header, &claims)))
                }
                "without its signature" => json!(unsigned(&good)),
                "no token" => json!("a.b.c"),
                "no text" => json!({ "id_token": good }),
                "a line more" => json!(format!("{good}\r\nx: y")),
                _ => Value::Null,
            };
            let alice = scene.service.login("alice").await;
            let asked = scene.ask(&alice).await;
            let answer = asked.post(&alice, token).await;
            assert_eq!(answer.status, expected, "{what}: {}", answer.json());
            scene.service.wait(3600);
        }
        let proved = scene.service.events.count(EventKind::Proved);
        assert_eq!(proved, 1, "the app, so that it could be enrolled");
    }
}
