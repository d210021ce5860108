//! What Auth0 says no with.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;
use stepup_authority::factor::{Auth0Mfa, Auth0Tenant};
use stepup_tests::authority::User;
use stepup_tests::{Answer, Framework, NOW};

use super::double::{ALICE, CODE, Double, Instead};
use super::scene::{Scene, is, user_id};

pub(super) type Expected = (u16, &'static str, &'static str);

pub(super) const DOWN: Expected = (503, "unavailable", "30");
const OVER: Expected = (409, "prompt-over", "");
pub(super) const WRONG: Expected = (403, "wrong-answer", "");
const GONE: Expected = (403, "factor-disabled", "");

/// By their names, and for those that stand for several things by their descriptions. The status is
/// different from place to place, so each comes with three.
const ERRORS: &[(&str, &str, Expected)] = &[
    ("invalid_grant", "Invalid otp_code.", WRONG),
    ("invalid_grant", "Invalid binding_code.", WRONG),
    ("invalid_grant", "", WRONG),
    ("invalid_otp", "", WRONG),
    ("invalid_grant", "Malformed mfa_token", OVER),
    ("invalid_grant", "The mfa_token provided is invalid. Try getting a new token.", OVER),
    ("expired_token", "mfa_token is expired", OVER),
    ("invalid_request", "mfa_token not issued to this client", OVER),
    ("invalid_request", "The oob_code doesn't match the mfa_token", OVER),
    ("unsupported_challenge_type", "", GONE),
    ("association_required", "", GONE),
    ("requires_verification", "", GONE),
    ("unauthorized", "user is blocked", GONE),
    ("mfa_required", "Multifactor authentication required", DOWN),
    ("invalid_client", "", DOWN),
    ("unauthorized_client", "", DOWN),
    ("access_denied", "", DOWN),
    ("unsupported_grant_type", "", DOWN),
    ("invalid_scope", "", DOWN),
    ("invalid_request", "", DOWN),
    ("nobody_knows", "", DOWN),
    (
        "invalid_request",
        "Too many failed codes. Wait for some minutes before retrying.",
        (429, "factor-locked", "360"),
    ),
    (
        "invalid_request",
        "Too many SMS sent by the user. Wait for some minutes before retrying.",
        (503, "unavailable", "900"),
    ),
    ("too_many_attempts", "", (429, "factor-locked", "360")),
];

fn factors(tenant: &Auth0Tenant, _: &Double) -> Vec<Auth0Mfa> {
    vec![Auth0Mfa::otp(tenant, user_id)]
}

pub(super) async fn enrolled(framework: Framework) -> Scene {
    let scene = Scene::begin(framework, factors).await;
    let answer = || json!({ "mfa_token": scene.double.mfa_token(ALICE), "code": CODE });
    let answer = scene.enrol("auth0-otp", answer).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    scene
}

pub(super) async fn post(scene: &Scene, alice: &User<'_>) -> Answer {
    let begun = alice.begin_mfa().await;
    let body = json!({
        "factor": begun.factor("auth0-otp"),
        "mfa_token": scene.double.mfa_token(ALICE),
        "code": CODE,
    });
    alice.prove_with(&begun.id, &body).await
}

#[tokio::test]
async fn each_error_has_its_outcome_whatever_its_status() {
    for framework in Framework::ALL {
        let scene = enrolled(framework).await;
        for (error, description, expected) in ERRORS {
            for status in [400, 401, 403, 200] {
                let what = format!("{status} {error} {description}");
                let body = json!({ "error": error, "error_description": description });
                let instead = Instead::Answer(status, Vec::new(), body.to_string());
                scene.double.inner().instead.insert("/oauth/token", instead);
                let before = scene.double.count("/oauth/token");
                let alice = scene.alice().await;
                let answer = post(&scene, &alice).await;
                is(&answer, *expected, &what);
                assert_eq!(scene.double.count("/oauth/token"), before + 1, "{what}: once");
                if expected.1 != "wrong-answer" {
                    let others = answer.json()["factors"].to_string();
                    assert!(others.contains("totp"), "{what}: {others}");
                }
                scene.service.wait(3600);
                // What is wrong too often is wrong for good.
                scene.double.inner().instead.clear();
                let alice = scene.alice().await;
                assert_eq!(post(&scene, &alice).await.status, 200, "{what}");
                scene.service.wait(3600);
            }
        }
        scene.assert_conformant();
    }
}

#[tokio::test]
async fn a_wait_is_passed_on_within_bounds() {
    for framework in Framework::ALL {
        let scene = enrolled(framework).await;
        for (header, value, expected) in [
            ("retry-after", "17".to_owned(), "17"),
            ("retry-after", "86400".to_owned(), "900"),
            ("x-ratelimit-reset", "past".to_owned(), "60"),
            ("x-ratelimit-reset", "1000000000".to_owned(), "1"),
            ("x-ratelimit-reset", (NOW + 400_000_000).to_string(), "900"),
            ("x-nothing", "1".to_owned(), "60"),
        ] {
            let what = format!("{header}: {value}");
            let instead = Instead::Answer(429, vec![(header, value)], String::new());
            scene.double.inner().instead.insert("/oauth/token", instead);
            let alice = scene.alice().await;
            is(&post(&scene, &alice).await, (503, "unavailable", expected), &what);
            scene.service.wait(3600);
        }
    }
}

#[tokio::test]
async fn a_tenant_that_is_not_well_is_down() {
    // It waits for real: for both at once.
    join_all(Framework::ALL.map(async |framework| {
        let scene = enrolled(framework).await;
        for (what, instead) in [
            ("500", Instead::Answer(500, Vec::new(), String::new())),
            ("502", Instead::Answer(502, Vec::new(), "<html>".to_owned())),
            ("200", Instead::Answer(200, Vec::new(), "<html>".to_owned())),
            ("empty", Instead::Answer(200, Vec::new(), "{}".to_owned())),
            ("huge", Instead::Answer(200, Vec::new(), "a".repeat(1 << 21))),
            (
                "elsewhere",
                Instead::Answer(302, vec![("location", "/elsewhere".to_owned())], String::new()),
            ),
            ("silent", Instead::Nothing),
        ] {
            scene.double.inner().instead.insert("/oauth/token", instead);
            let alice = scene.alice().await;
            let begun = Instant::now();
            is(&post(&scene, &alice).await, DOWN, what);
            assert!(begun.elapsed() < Duration::from_secs(5), "{what}: {:?}", begun.elapsed());
            scene.service.wait(3600);
        }
        assert_eq!(scene.double.count("/elsewhere"), 0);
    }))
    .await;
}
