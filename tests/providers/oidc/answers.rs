//! What comes back from the provider, and what its token endpoint says.

use std::time::{Duration, Instant};

use futures_util::future::{join, join_all};
use serde_json::{Value, json};
use stepup_authority::EventKind;
use stepup_tests::Framework;

use super::double::Instead;
use super::scene::{Scene, is};

const OVER: (u16, &str, &str) = (409, "prompt-over", "");
const DOWN: (u16, &str, &str) = (503, "unavailable", "30");
const BUSY: (u16, &str, &str) = (503, "unavailable", "60");

/// RFC 6749 §4.1.2.1, OpenID Connect Core 1.0 §3.1.2.6, RFC 9126 §2.3.
const REFUSALS: &[(&str, (u16, &str, &str))] = &[
    ("access_denied", (403, "denied", "")),
    ("unmet_authentication_requirements", (403, "factor-disabled", "")),
    ("login_required", OVER),
    ("interaction_required", OVER),
    ("account_selection_required", OVER),
    ("consent_required", OVER),
    ("invalid_request_uri", OVER),
    ("temporarily_unavailable", DOWN),
    ("server_error", DOWN),
    ("invalid_request", DOWN),
    ("unauthorized_client", DOWN),
    ("unsupported_response_type", DOWN),
    ("invalid_scope", DOWN),
    ("invalid_request_object", DOWN),
    ("request_not_supported", DOWN),
    ("request_uri_not_supported", DOWN),
    ("registration_not_supported", DOWN),
    ("what_nobody_has_heard_of", DOWN),
];

#[tokio::test]
async fn each_error_of_the_authorization_endpoint_has_its_outcome() {
    for framework in Framework::ALL {
        let scene = Scene::begin(framework).await;
        for (error, expected) in REFUSALS {
            let alice = scene.alice_anew().await;
            let sent = scene.send(&alice).await;
            let mut refused = scene.double.refuse(&sent.prompt, error);
            // Of somebody else's, nothing is believed.
            let state = std::mem::replace(&mut refused["state"], "other".into());
            is(&sent.post(&alice, &refused).await, (403, "wrong-answer", ""), error);
            refused["state"] = state;
            let answer = sent.post(&alice, &refused).await;
            is(&answer, *expected, error);
            if !["denied", "wrong-answer"].contains(&expected.1) {
                let others = answer.json()["factors"].to_string();
                assert!(others.contains("totp") && !others.contains("authx"), "{error}: {others}");
            }
            scene.service.wait(3600);
        }
        assert_eq!(scene.double.count("/token"), 1, "for the enrolment alone");
        assert_eq!(scene.service.events.count(EventKind::Denied), 1);
        scene.assert_conformant();
    }
}

type Outcome = (u16, &'static str, &'static str);
type Headers = &'static [(&'static str, &'static str)];

/// RFC 6749 §5.2, and what a server that is not well answers.
const TOKEN_ERRORS: &[(u16, Headers, &str, Outcome)] = &[
    (400, &[], r#"{"error":"invalid_grant"}"#, OVER),
    (401, &[], r#"{"error":"invalid_client"}"#, BUSY),
    (400, &[], r#"{"error":"unauthorized_client"}"#, BUSY),
    (400, &[], r#"{"error":"unsupported_grant_type"}"#, BUSY),
    (400, &[], r#"{"error":"invalid_request"}"#, BUSY),
    (400, &[], r#"{"error":"invalid_scope"}"#, BUSY),
    (400, &[], "<html>", BUSY),
    (403, &[], "", BUSY),
    (429, &[("retry-after", "17")], "", (503, "unavailable", "17")),
    (429, &[], "", BUSY),
    (429, &[("retry-after", "soon")], "", BUSY),
    (500, &[], "", DOWN),
    (502, &[], "<html>", DOWN),
    (503, &[("retry-after", "9")], "", (503, "unavailable", "9")),
    // Followed, it would show the code and the secret to somebody else.
    (302, &[("location", "https://evil.example/token")], "", BUSY),
    (307, &[("location", "/elsewhere")], "", BUSY),
    (200, &[], "<html>", DOWN),
    (200, &[], "{}", DOWN),
    (200, &[], r#"{"access_token":"a","token_type":"Bearer"}"#, DOWN),
    (200, &[], r#"{"id_token":7}"#, DOWN),
    (200, &[], r#"{"id_token":""}"#, (403, "wrong-answer", "")),
    (201, &[], r#"{"id_token":"a.b.c"}"#, BUSY),
];

#[tokio::test]
async fn each_error_of_the_token_endpoint_has_its_outcome() {
    for framework in Framework::ALL {
        let scene = Scene::begin(framework).await;
        for (status, headers, body, expected) in TOKEN_ERRORS {
            let alice = scene.alice_anew().await;
            let what = format!("{status} {headers:?} {body}");
            let sent = scene.send(&alice).await;
            let sent_back = scene.double.log_in(&sent.prompt);
            let before = scene.double.count("/token");
            let instead = Instead::Answer(*status, headers, (*body).to_owned());
            scene.double.inner().instead.insert("/token", instead);
            let answer = sent.post(&alice, &sent_back).await;
            is(&answer, *expected, &what);
            assert_eq!(scene.double.count("/token"), before + 1, "{what}: it is sent once");
            scene.double.inner().instead.clear();
            scene.service.wait(3600);
        }
        assert_eq!(scene.double.count("/elsewhere"), 0);
        scene.assert_conformant();
    }
}

#[tokio::test]
async fn a_provider_that_says_too_much_or_nothing_is_down() {
    // It waits for real: for both at once.
    join_all(Framework::ALL.map(async |framework| {
        let scene = Scene::begin(framework).await;
        let alice = scene.alice_anew().await;
        let huge =
            Instead::Answer(200, &[], format!(r#"{{"id_token":"{}"}}"#, "a".repeat(1 << 21)));
        for (what, instead) in [("huge", huge), ("silent", Instead::Nothing)] {
            let sent = scene.send(&alice).await;
            let sent_back = scene.double.log_in(&sent.prompt);
            scene.double.inner().instead.insert("/token", instead.clone());
            let begun = Instant::now();
            is(&sent.post(&alice, &sent_back).await, DOWN, what);
            assert!(begun.elapsed() < Duration::from_secs(5), "{what}: {:?}", begun.elapsed());
            scene.double.inner().instead.clear();
            scene.double.inner().instead.insert("/par", instead);
            let begun = Instant::now();
            let unasked = alice.prompt(&sent.ceremony, &sent.factor).await;
            is(&unasked, (503, "not-sent", "30"), what);
            assert!(begun.elapsed() < Duration::from_secs(5), "{what}: {:?}", begun.elapsed());
            scene.double.inner().instead.clear();
        }
    }))
    .await;
}

/// F3: an answer twice at once is one proof, and afterwards none.
#[tokio::test]
async fn f3_an_answer_that_comes_twice_is_one_proof() {
    for framework in Framework::ALL {
        let scene = Scene::begin(framework).await;
        for _ in 0..5 {
            let alice = scene.alice_anew().await;
            let sent = scene.send(&alice).await;
            let sent_back = scene.double.log_in(&sent.prompt);
            let (one, two) =
                join(sent.post(&alice, &sent_back), sent.post(&alice, &sent_back)).await;
            let mut statuses = [one.status.as_u16(), two.status.as_u16()];
            statuses.sort_unstable();
            // The code is good once at the provider, too.
            assert_eq!(statuses, [200, 409], "{} {}", one.json(), two.json());
            is(&sent.post(&alice, &sent_back).await, (409, "ceremony-proved", ""), "later");
            // Nor in another ceremony.
            let next = scene.send(&alice).await;
            is(&next.post(&alice, &sent_back).await, (403, "wrong-answer", ""), "elsewhere");
            let sent_back = scene.double.log_in(&next.prompt);
            assert_eq!(next.post(&alice, &sent_back).await.status, 200);
            scene.service.wait(3600);
        }
        assert_eq!(scene.service.events.count(EventKind::Proved), 1 + 10);
        scene.assert_conformant();
    }
}

#[tokio::test]
async fn what_is_no_answer_is_said_to_be_none() {
    for framework in Framework::ALL {
        let scene = Scene::begin(framework).await;
        let alice = scene.alice_anew().await;
        let good = {
            let sent = scene.send(&alice).await;
            scene.double.log_in(&sent.prompt)
        };
        let with = |name: &str, value: Value| {
            let mut answer = good.clone();
            answer[name] = value;
            answer
        };
        let without = |name: &str| {
            let mut answer = good.clone();
            answer.as_object_mut().unwrap().remove(name);
            answer
        };
        for (what, answer) in [
            ("nothing", json!({})),
            ("no state", without("state")),
            ("no code", without("code")),
            ("a code and an error", with("error", "access_denied".into())),
            ("an empty code", with("code", "".into())),
            ("a long code", with("code", "a".repeat(4097).into())),
            ("a number", with("code", 7.into())),
            ("two issuers", with("iss", json!(["a", "b"]))),
        ] {
            let alice = scene.alice_anew().await;
            let sent = scene.send(&alice).await;
            is(&sent.post(&alice, &answer).await, (400, "malformed-answer", ""), what);
            scene.service.wait(3600);
        }
        assert_eq!(scene.double.count("/token"), 1, "for the enrolment alone");
    }
}
