//! How the user is sent to the provider.

use std::sync::Arc;

use serde_json::{Value, json};
use stepup_core::{Level, ManualClock, Timestamp};
use stepup_tests::{Framework, NOW};
use url::Url;

use super::double::{Double, Instead};
use super::scene::{Scene, is};

const UNASKED: (u16, &str, &str) = (503, "not-sent", "30");

async fn fresh(framework: Framework) -> (Arc<ManualClock>, Double, Framework) {
    let clock = Arc::new(ManualClock::at(Timestamp::from_secs(NOW)));
    (clock.clone(), Double::start(&clock).await, framework)
}

/// Without PAR the whole request stands in the address.
#[tokio::test]
async fn the_request_stands_in_the_address_where_nothing_can_be_pushed() {
    for framework in Framework::ALL {
        let (clock, double, _) = fresh(framework).await;
        double.inner().metadata = json!({ "pushed_authorization_request_endpoint": null });
        let scene = Scene::at(framework, clock, double, |authx| {
            let hint = |user: stepup_authority::factor::User<'_>| {
                Some(format!("{}@example.com", user.subject))
            };
            let authx = authx.login_hint(hint).level(Level::PHR, "urn:phr").unwrap();
            authx.level(Level::MFA, "urn:otp").unwrap()
        })
        .await;
        let alice = scene.alice().await;
        let begun = alice.enrol(json!({ "method": "authx" })).await;
        let query = |prompt: &Value, name: &str| {
            let url = Url::parse(prompt["authorization_url"].as_str().unwrap()).unwrap();
            url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
        };
        let prompt = &begun["prompt"];
        // The best that the user has there is what is enrolled.
        assert_eq!(query(prompt, "acr_values").as_deref(), Some("urn:phr urn:mfa urn:otp"));
        assert_eq!(query(prompt, "login_hint").as_deref(), Some("alice@example.com"));
        assert!(prompt.get("expires_in").is_none());
        let path = format!("/step-up/enrolments/{}", begun["id"].as_str().unwrap());
        let answer = alice.call("POST", &path, &scene.double.log_in(prompt)).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
        let alice = scene.alice_anew().await;
        let sent = scene.send(&alice).await;
        let wanted = query(&sent.prompt, "acr_values");
        assert_eq!(wanted.as_deref(), Some("urn:mfa urn:otp urn:phr"));
        let answer = sent.post(&alice, &scene.double.log_in(&sent.prompt)).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        // A request is never made twice.
        let again = alice.begin_mfa().await;
        let again = alice.prompt(&again.id, &again.factor("authx")).await.json();
        for name in ["state", "nonce", "code_challenge"] {
            assert_ne!(query(&again["prompt"], name), query(&sent.prompt, name), "{name}");
        }
        scene.assert_conformant();
    }
}

/// RFC 9207 §2.4.
#[tokio::test]
async fn a_provider_that_does_not_name_itself_need_not() {
    for framework in Framework::ALL {
        let (clock, double, _) = fresh(framework).await;
        let metadata = json!({ "authorization_response_iss_parameter_supported": null });
        double.inner().metadata = metadata;
        let scene = Scene::at(framework, clock, double, |authx| authx).await;
        let alice = scene.alice().await;
        for (iss, expected) in [(Some("https://evil.example"), 403), (None, 201)] {
            let begun = alice.enrol(json!({ "method": "authx" })).await;
            let mut answer = scene.double.log_in(&begun["prompt"]);
            match iss {
                Some(iss) => answer["iss"] = iss.into(),
                None => drop(answer.as_object_mut().unwrap().remove("iss")),
            }
            let path = format!("/step-up/enrolments/{}", begun["id"].as_str().unwrap());
            let answer = alice.call("POST", &path, &answer).await;
            assert_eq!(answer.status, expected, "{}", answer.json());
        }
    }
}

/// RFC 9126 §2.3.
#[tokio::test]
async fn each_error_of_a_pushed_request_has_its_outcome() {
    let answer = |status, headers, body: &str| Instead::Answer(status, headers, body.to_owned());
    for framework in Framework::ALL {
        let scene = Scene::begin(framework).await;
        for (what, instead, expected) in [
            ("invalid_request", answer(400, &[], r#"{"error":"invalid_request"}"#), UNASKED),
            ("invalid_client", answer(401, &[], r#"{"error":"invalid_client"}"#), UNASKED),
            ("forbidden", answer(403, &[], ""), UNASKED),
            ("not POST", answer(405, &[], ""), UNASKED),
            ("too large", answer(413, &[], ""), UNASKED),
            ("busy", answer(429, &[("retry-after", "7")], ""), (429, "too-many-messages", "7")),
            ("busy for long", answer(429, &[], ""), (429, "too-many-messages", "60")),
            ("down", answer(500, &[], ""), UNASKED),
            ("elsewhere", answer(307, &[("location", "/elsewhere")], ""), UNASKED),
            ("HTML", answer(201, &[], "<html>"), UNASKED),
            ("no address", answer(201, &[], r#"{"expires_in":60}"#), UNASKED),
            ("over", answer(201, &[], r#"{"request_uri":"urn:a","expires_in":0}"#), UNASKED),
        ] {
            let alice = scene.alice_anew().await;
            scene.double.inner().instead.insert("/par", instead);
            let before = scene.double.count("/par");
            let (_, _, unasked) = scene.ask(&alice).await;
            is(&unasked, expected, what);
            let others = unasked.json()["factors"].to_string();
            assert!(others.contains("totp") && !others.contains("authx"), "{what}: {others}");
            assert_eq!(scene.double.count("/par"), before + 1, "{what}: it is sent once");
            scene.double.inner().instead.clear();
            scene.service.wait(3600);
        }
        assert_eq!(scene.double.count("/elsewhere"), 0);
        let alice = scene.alice_anew().await;
        let sent = scene.send(&alice).await;
        let proved = sent.post(&alice, &scene.double.log_in(&sent.prompt)).await;
        assert_eq!(proved.status, 200);
    }
}

/// OpenID Connect Discovery 1.0 §4.3: who is not who they say is asked nothing.
#[tokio::test]
async fn nobody_is_sent_anywhere_by_metadata_that_are_not_the_providers() {
    let metadata = "/.well-known/openid-configuration";
    for framework in Framework::ALL {
        let (clock, double, _) = fresh(framework).await;
        let scene = Scene::at(framework, clock, double, |authx| authx).await;
        for (what, changed) in [
            ("another issuer", json!({ "issuer": "https://evil.example" })),
            ("a slash more", json!({ "issuer": format!("{}/", scene.double.inner().url) })),
            ("no issuer", json!({ "issuer": null })),
            ("no token endpoint", json!({ "token_endpoint": null })),
            ("a page without TLS", json!({ "authorization_endpoint": "http://idp.example/a" })),
            ("no URL", json!({ "token_endpoint": "/token" })),
            ("a name in it", json!({ "jwks_uri": "https://a:b@idp.example/keys" })),
        ] {
            let alice = scene.alice_again().await;
            scene.double.inner().metadata = changed;
            let refused = alice.try_enrol(json!({ "method": "authx" })).await;
            is(&refused, UNASKED, what);
        }
        scene.double.inner().metadata = json!({});
        for (status, body) in [(500, ""), (404, ""), (302, ""), (200, "<html>")] {
            let instead = Instead::Answer(status, &[("location", "/elsewhere")], body.to_owned());
            let alice = scene.alice_again().await;
            scene.double.inner().instead.insert(metadata, instead);
            let refused = alice.try_enrol(json!({ "method": "authx" })).await;
            is(&refused, UNASKED, &format!("{status} {body}"));
        }
        assert_eq!((scene.double.count("/elsewhere"), scene.double.count("/par")), (0, 0));
        // It is asked again, and from then on no more.
        scene.double.inner().instead.clear();
        let before = scene.double.count(metadata);
        let alice = scene.alice_again().await;
        for _ in 0..3 {
            alice.enrol(json!({ "method": "authx" })).await;
        }
        assert_eq!(scene.double.count(metadata), before + 1);
    }
}
