//! When the user logged in is when they proved it.

use serde_json::{Value, json};
use stepup_tests::{Framework, Log};

use super::scene::{Scene, is};

const OVER: (u16, &str, &str) = (409, "prompt-over", "");

/// A hundred seconds before the answer was collected.
fn earlier(_: &mut Value, claims: &mut Value) {
    claims["auth_time"] = (claims["iat"].as_u64().unwrap() - 100).into();
}

#[tokio::test]
async fn iss_01_a_token_says_when_the_user_logged_in() {
    for framework in Framework::ALL {
        let scene = Scene::begin(framework).await;
        scene.double.inner().bend = earlier;
        for (max_age, is_young_enough) in [(None, true), (Some(101), true), (Some(60), false)] {
            let alice = scene.alice_anew().await;
            let mut wanted = json!({ "acr_values": "mfa" });
            if let Some(max_age) = max_age {
                wanted["max_age"] = max_age.into();
            }
            let begun = alice.begin(wanted).await;
            let factor = begun.factor("authx");
            let prompt = alice.prompt(&begun.id, &factor).await.json()["prompt"].clone();
            let mut answer = scene.double.log_in(&prompt);
            answer["factor"] = factor.into();
            let logged_in_at = scene.service.now();
            scene.service.wait(100);
            let answer = alice.prove_with(&begun.id, &answer).await;
            if is_young_enough {
                assert_eq!(answer.status, 200, "{max_age:?}: {}", answer.json());
                assert_eq!(answer.json()["auth_time"], logged_in_at, "{max_age:?}");
            } else {
                is(&answer, OVER, "too old");
            }
            scene.service.wait(3600);
        }
    }
}

/// Nobody would find out why each answer has to be given anew.
#[test]
fn a_provider_that_does_not_date_its_logins_is_told_on() {
    for framework in Framework::ALL {
        for (dated, is_logged) in [(Value::Null, true), (json!("now"), true), (json!(7), false)] {
            let log = Log::default();
            let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).finish();
            let story = async {
                let scene = Scene::begin(framework).await;
                let alice = scene.alice_anew().await;
                let sent = scene.send(&alice).await;
                scene.double.inner().bend = match &dated {
                    Value::Null => |_, claims| {
                        claims.as_object_mut().unwrap().remove("auth_time");
                    },
                    Value::Number(_) => |_, claims| claims["auth_time"] = json!(7),
                    _ => |_, claims| claims["auth_time"] = json!("now"),
                };
                let answer = sent.post(&alice, &scene.double.log_in(&sent.prompt)).await;
                is(&answer, OVER, "undated");
            };
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            tracing::subscriber::with_default(subscriber, || runtime.unwrap().block_on(story));
            let log = log.text();
            let says = log.contains("ERROR") && log.contains("`auth_time`");
            assert_eq!(says, is_logged, "{dated}: {log}");
        }
    }
}
