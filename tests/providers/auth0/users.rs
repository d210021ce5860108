//! Whose answer it was that Auth0 took.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use stepup_tests::{Framework, Log, NOW};

use super::double::Instead;
use super::errors::{DOWN, Expected, WRONG, enrolled, post};
use super::scene::is;

type Bend = fn(&mut Value);

/// A right code is nothing without the right user.
const USERS: &[(&str, Bend, Bend, Expected)] = &[
    ("another user", |_| {}, |claims| claims["sub"] = "auth0|bob".into(), WRONG),
    ("nobody", |_| {}, |claims| drop(claims.as_object_mut().unwrap().remove("sub")), DOWN),
    ("another client", |_| {}, |claims| claims["aud"] = "other".into(), DOWN),
    ("another tenant", |_| {}, |claims| claims["iss"] = "https://evil.example/".into(), DOWN),
    ("expired", |_| {}, |claims| claims["exp"] = claims["iat"].clone(), DOWN),
    ("of before", |_| {}, |claims| claims["iat"] = json!(NOW - 86_400), DOWN),
    (
        "no signature",
        |tokens| {
            let token = tokens["id_token"].as_str().unwrap().rsplit_once('.').unwrap().0.to_owned();
            tokens["id_token"] = format!("{token}.").into();
        },
        |_| {},
        DOWN,
    ),
    ("an error beside", |tokens| tokens["error"] = "server_error".into(), |_| {}, DOWN),
    (
        "another user of the token",
        |tokens| {
            tokens.as_object_mut().unwrap().remove("id_token");
            tokens["access_token"] = "of auth0|bob".into();
        },
        |_| {},
        WRONG,
    ),
];

#[tokio::test]
async fn a_right_code_of_another_user_proves_nothing() {
    for framework in Framework::ALL {
        let scene = enrolled(framework).await;
        for (what, bend, bend_claims, expected) in USERS {
            {
                let mut inner = scene.double.inner();
                (inner.bend, inner.bend_claims) = (*bend, *bend_claims);
            }
            let alice = scene.alice().await;
            is(&post(&scene, &alice).await, *expected, what);
            scene.service.wait(3600);
        }
        // Without an ID token it is asked whose it is.
        {
            let mut inner = scene.double.inner();
            inner.bend_claims = |_| {};
            inner.bend = without_id_token;
        }
        let alice = scene.alice().await;
        assert_eq!(post(&scene, &alice).await.status, 200);
        scene.assert_conformant();
    }
}

fn without_id_token(tokens: &mut Value) {
    tokens.as_object_mut().unwrap().remove("id_token");
}

/// Nobody needs it, and nobody waits until it is gone.
#[tokio::test]
async fn a_refresh_token_is_revoked_beside_the_answer() {
    for framework in Framework::ALL {
        let scene = enrolled(framework).await;
        scene.double.inner().instead.insert("/oauth/revoke", Instead::Nothing);
        scene.double.inner().bend = |tokens| tokens["refresh_token"] = "v1.a".into();
        let alice = scene.alice().await;
        let begun = Instant::now();
        assert_eq!(post(&scene, &alice).await.status, 200);
        assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
        let revoked = async {
            while scene.double.inner().revoked == 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(5), revoked).await.unwrap();
        scene.assert_conformant();
    }
}

#[tokio::test]
async fn a_clock_that_is_off_by_half_a_minute_is_no_fault() {
    for framework in Framework::ALL {
        let scene = enrolled(framework).await;
        for bend in [
            (|claims| claims["iat"] = json!(claims["iat"].as_u64().unwrap() - 30)) as Bend,
            |claims| claims["iat"] = json!(claims["iat"].as_u64().unwrap() + 30),
        ] {
            scene.double.inner().bend_claims = bend;
            let alice = scene.alice().await;
            assert_eq!(post(&scene, &alice).await.status, 200);
            scene.service.wait(3600);
        }
    }
}

/// What keeps a right code from proving anything.
const LOGGED: &[(Bend, Bend, &str)] = &[
    (|_| {}, |claims| claims["aud"] = "other".into(), "it is for another client"),
    (|_| {}, |claims| claims["iat"] = json!(NOW - 86_400), "it is not of this login"),
    (without_id_token, |_| {}, "ask for the scope `openid`"),
];

#[test]
fn it_is_logged_why_nobody_can_say_whose_answer_it_was() {
    for (framework, (bend, bend_claims, expected)) in Framework::ALL
        .into_iter()
        .flat_map(|framework| LOGGED.iter().map(move |of| (framework, of)))
    {
        let log = Log::default();
        let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).finish();
        let story = async {
            let scene = enrolled(framework).await;
            {
                let mut inner = scene.double.inner();
                (inner.bend, inner.bend_claims) = (*bend, *bend_claims);
                let refused = Instead::Answer(401, Vec::new(), String::new());
                inner.instead.insert("/userinfo", refused);
            }
            let alice = scene.alice().await;
            is(&post(&scene, &alice).await, DOWN, expected);
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        tracing::subscriber::with_default(subscriber, || runtime.block_on(story));
        let log = log.text();
        assert!(log.contains("ERROR") && log.contains(expected), "{expected}: {log}");
    }
}
