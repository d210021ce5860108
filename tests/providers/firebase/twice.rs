//! One second factor is enrolled once, so that one sign-in is good once.

use futures_util::future::join;
use serde_json::json;
use stepup_authority::EventKind;
use stepup_tests::Framework;

use super::{Scene, google, problem};

/// O8, R-BIND-01: of two records each would have a last step of its own.
#[tokio::test]
async fn o8_a_second_factor_is_enrolled_once() {
    let google = google();
    for framework in Framework::ALL {
        let scene = Scene::enrolled(framework, &google).await;
        let again = scene.enrol(|_| {}).await;
        assert_eq!(problem(&again), (403, "wrong-answer".to_owned()), "{}", again.json());
        // And in two enrolments at once.
        let scene = Scene::begin(framework, &google).await;
        let alice = scene.service.login("alice").await.step_up(&scene.app).await;
        let begin = async || {
            let begun = alice.enrol(json!({ "method": "firebase" })).await;
            format!("/step-up/enrolments/{}", begun["id"].as_str().unwrap())
        };
        let (one, two) = (begin().await, begin().await);
        let answer = json!({ "id_token": scene.token(|_| {}) });
        let (one, two) =
            join(alice.call("POST", &one, &answer), alice.call("POST", &two, &answer)).await;
        let made = [&one, &two].into_iter().filter(|answer| answer.status == 201).count();
        assert_eq!(made, 1, "{} {}", one.json(), two.json());
        assert_eq!(scene.service.events.count(EventKind::Enrolled), 2, "and the app");
    }
}
