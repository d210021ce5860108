//! What a login is worth: what its own ID token shows.

use std::sync::Arc;

use serde_json::{Value, json};
use stepup_authority::EventKind;
use stepup_core::{Level, ManualClock, Timestamp};
use stepup_tests::authority::{Ceremony, User};
use stepup_tests::{Answer, Framework, NOW};
use url::Url;

use super::double::Double;
use super::scene::{Scene, is};

type Bend = fn(&mut Value, &mut Value);

const PASSWORD: Bend = |_, claims| claims["acr"] = "urn:pwd".into();
const CODE: Bend = |_, claims| claims["acr"] = "urn:mfa".into();
const PASSKEY: Bend = |_, claims| claims["acr"] = "urn:phr".into();
const UNKNOWN: Bend = |_, claims| claims["acr"] = "urn:of-a-new-sort".into();

const WEAK: (u16, &str, &str) = (409, "too-weak", "");

/// A user who logged in so when their account was enrolled, at a provider of three levels.
async fn enrolled_with(framework: Framework, login: Bend) -> Scene {
    let clock = Arc::new(ManualClock::at(Timestamp::from_secs(NOW)));
    let double = Double::start(&clock).await;
    let levels = [(Level::SINGLE_FACTOR, "urn:pwd"), (Level::PHR, "urn:phr")];
    let scene = Scene::at(framework, clock, double, |authx| {
        levels.into_iter().fold(authx, |authx, (level, acr)| authx.level(level, acr).unwrap())
    })
    .await;
    scene.double.inner().bend = login;
    let alice = scene.alice().await;
    let begun = alice.enrol(json!({ "method": "authx" })).await;
    let path = format!("/step-up/enrolments/{}", begun["id"].as_str().unwrap());
    let answer = alice.call("POST", &path, &scene.double.log_in(&begun["prompt"])).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    scene
}

/// Logs in so, for this ceremony; and what was asked for.
async fn log_in(scene: &Scene, user: &User<'_>, of: &Ceremony, login: Bend) -> (Answer, String) {
    let factor = of.factor("authx");
    let prompt = user.prompt(&of.id, &factor).await.json()["prompt"].clone();
    let address = Url::parse(prompt["authorization_url"].as_str().unwrap()).unwrap();
    let pushed = scene.double.inner().asked(&address);
    scene.double.inner().bend = login;
    let mut answer = scene.double.log_in(&prompt);
    answer["factor"] = factor.into();
    (user.prove_with(&of.id, &answer).await, pushed)
}

#[tokio::test]
async fn each_login_is_worth_what_it_shows() {
    for framework in Framework::ALL {
        for (enrolled, wanted, login, asked, level) in [
            (CODE, "mfa", CODE, "urn:mfa urn:phr", Some("mfa")),
            (CODE, "mfa phr", PASSKEY, "urn:mfa urn:phr", Some("phr")),
            (CODE, "", PASSWORD, "urn:mfa urn:phr", Some("single-factor")),
            (CODE, "", PASSKEY, "urn:mfa urn:phr", Some("phr")),
            (CODE, "mfa", PASSWORD, "urn:mfa urn:phr", None),
            (CODE, "", UNKNOWN, "urn:mfa urn:phr", None),
            // As much as is wanted is asked for, and no more.
            (PASSKEY, "mfa", CODE, "urn:mfa urn:phr", Some("mfa")),
            (PASSKEY, "phr", PASSKEY, "urn:phr", Some("phr")),
            (PASSKEY, "phr", CODE, "urn:phr", None),
            (PASSWORD, "single-factor", CODE, "urn:pwd urn:mfa urn:phr", Some("mfa")),
        ] {
            let scene = enrolled_with(framework, enrolled).await;
            let alice = scene.alice_anew().await;
            let ceremony = alice.begin(json!({ "acr_values": wanted })).await;
            let (answer, asked_for) = log_in(&scene, &alice, &ceremony, login).await;
            assert_eq!(asked_for, asked, "{wanted}");
            match level {
                Some(level) => assert_eq!(answer.json()["acr"], level, "{}", answer.json()),
                None => is(&answer, WEAK, wanted),
            }
            scene.assert_conformant();
        }
    }
}

/// It was the user, so nothing is counted; and they may prove more, there or otherwise.
#[tokio::test]
async fn what_is_too_weak_ends_nothing() {
    for framework in Framework::ALL {
        let scene = enrolled_with(framework, CODE).await;
        let alice = scene.alice_anew().await;
        let ceremony = alice.begin_mfa().await;
        for _ in 0..6 {
            let (answer, _) = log_in(&scene, &alice, &ceremony, PASSWORD).await;
            is(&answer, WEAK, "a password");
            let others = answer.json()["factors"].to_string();
            assert!(others.contains("totp") && !others.contains("authx"), "{others}");
        }
        assert_eq!(scene.service.events.count(EventKind::Failed), 0);
        let (answer, _) = log_in(&scene, &alice, &ceremony, CODE).await;
        assert_eq!(answer.json()["acr"], "mfa", "{}", answer.json());
        // What it was enrolled with is what it is offered for.
        let unmet = alice.try_begin(json!({ "acr_values": "phr" })).await;
        assert_eq!(unmet.json()["error"], "unmet_authentication_requirements");
    }
}
