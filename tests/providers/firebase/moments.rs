//! When a sign-in was, and when the user was asked.

use serde_json::json;
use stepup_tests::Framework;

use super::{Asked, Scene, google, problem};

const AGAIN: (u16, &str) = (409, "prompt-over");

/// The proof is as old as the sign-in, whenever it is collected.
#[tokio::test]
async fn iss_01_a_token_says_when_the_user_signed_in() {
    let google = google();
    for framework in Framework::ALL {
        let scene = Scene::enrolled(framework, &google).await;
        for (max_age, is_young_enough) in [(300, true), (101, true), (60, false)] {
            let alice = scene.service.login("alice").await;
            let wanted = json!({ "acr_values": "mfa", "max_age": max_age });
            let begun = alice.begin(wanted).await;
            let asked = Asked { factor: begun.factor("firebase"), ceremony: begun.id };
            assert_eq!(alice.prompt(&asked.ceremony, &asked.factor).await.status, 200);
            let (token, signed_in_at) = (scene.token(|_| {}), scene.service.now());
            scene.service.wait(100);
            let answer = asked.post(&alice, token).await;
            if is_young_enough {
                assert_eq!(answer.status, 200, "{max_age}: {}", answer.json());
                assert_eq!(answer.json()["auth_time"], signed_in_at, "{max_age}");
            } else {
                assert_eq!(problem(&answer), (AGAIN.0, AGAIN.1.to_owned()), "{max_age}");
            }
            scene.service.wait(3600);
        }
    }
}

/// R-OTP-04: who asks in the user's place waits no longer than that for their next sign-in.
#[tokio::test]
async fn r_otp_04_a_prompt_is_good_for_two_minutes() {
    let google = google();
    for framework in Framework::ALL {
        for (after, is_in_time) in [(120, true), (121, false)] {
            let scene = Scene::enrolled(framework, &google).await;
            let alice = scene.service.login("alice").await;
            let begun = alice.begin_mfa().await;
            let asked = Asked { factor: begun.factor("firebase"), ceremony: begun.id };
            let prompt = alice.prompt(&asked.ceremony, &asked.factor).await.json();
            assert_eq!(prompt["prompt"]["expires_in"], 120, "{prompt}");
            scene.service.wait(after);
            let answer = asked.post(&alice, scene.token(|_| {})).await;
            if is_in_time {
                assert_eq!(answer.status, 200, "{}", answer.json());
            } else {
                assert_eq!(problem(&answer), (AGAIN.0, AGAIN.1.to_owned()));
            }
        }
    }
}

/// Google's clock may be behind ours.
#[tokio::test]
async fn a_sign_in_may_be_dated_five_seconds_before_the_prompt() {
    let google = google();
    for framework in Framework::ALL {
        for (before, is_taken) in [(5, true), (6, false)] {
            let scene = Scene::enrolled(framework, &google).await;
            let alice = scene.service.login("alice").await;
            let asked = scene.ask(&alice).await;
            let at = scene.service.now() - before;
            let token = scene.token(|claims| claims["auth_time"] = at.into());
            let answer = asked.post(&alice, token).await;
            if is_taken {
                assert_eq!(answer.status, 200, "{}", answer.json());
            } else {
                assert_eq!(problem(&answer), (AGAIN.0, AGAIN.1.to_owned()));
            }
        }
    }
}
