//! The service makes the `mfa_token`, and the authority lists, challenges and asks after the answer.

use serde_json::json;
use stepup_authority::EventKind;
use stepup_authority::factor::{Auth0Mfa, Auth0Tenant};
use stepup_tests::authority::User;
use stepup_tests::{Answer, Framework};

use super::double::{CODE, Double, Pushed};
use super::scene::{Scene, is, tokens, user_id};

pub(super) fn factors(tenant: &Auth0Tenant, double: &Double) -> Vec<Auth0Mfa> {
    let tokens = || tokens(double);
    vec![
        Auth0Mfa::otp(tenant, user_id).with_tokens(tokens()),
        Auth0Mfa::sms(tenant, user_id, tokens()),
        Auth0Mfa::voice(tenant, user_id, tokens()),
        Auth0Mfa::email(tenant, user_id, tokens()).accepted_as_second_factor(),
        Auth0Mfa::push(tenant, user_id, tokens()).accept_push_without_typed_number(),
    ]
}

/// What the user reads in the app, or was sent.
pub(super) fn code(double: &Double, method: &str) -> String {
    match method {
        "auth0-sms" => double.received("sms|dev_2"),
        "auth0-voice" => double.received("voice|dev_2"),
        "auth0-email" => double.received("email|dev_4"),
        _ => CODE.to_owned(),
    }
}

async fn ask(scene: &Scene, alice: &User<'_>, method: &str) -> (String, String) {
    let begun = alice.begin_mfa().await;
    let factor = begun.factor(method);
    let prompt = alice.prompt(&begun.id, &factor).await;
    assert_eq!(prompt.status, 200, "{}", prompt.json());
    // Nothing of what came from there.
    assert_eq!(prompt.json(), json!({ "prompt": {} }));
    scene.assert_conformant();
    (begun.id, factor)
}

#[tokio::test]
async fn each_sort_enrols_and_proves() {
    for framework in Framework::ALL {
        let scene = Scene::begin(framework, factors).await;
        for method in ["auth0-otp", "auth0-sms", "auth0-voice", "auth0-email"] {
            let code = || code(&scene.double, method);
            let enrolled = scene.enrol(method, || json!({ "code": code() })).await;
            assert_eq!(enrolled.status, 201, "{method}: {}", enrolled.json());
            let alice = scene.alice().await;
            let (ceremony, factor) = ask(&scene, &alice, method).await;
            let wrong = alice.prove(&ceremony, &factor, "654321").await;
            is(&wrong, (403, "wrong-answer", ""), method);
            let proved = alice.prove(&ceremony, &factor, &code()).await;
            assert_eq!(proved.status, 200, "{method}: {}", proved.json());
        }
        scene.assert_conformant();
    }
}

#[tokio::test]
async fn a_push_is_waited_for() {
    for framework in Framework::ALL {
        let scene = Scene::begin(framework, factors).await;
        scene.double.inner().pushed = Pushed::Approved;
        assert_eq!(scene.enrol("auth0-push", || json!({})).await.status, 201);
        scene.double.inner().pushed = Pushed::Waits;
        let alice = scene.alice().await;
        let poll = async |ceremony: &str, factor: &str| -> Answer {
            alice.prove_with(ceremony, &json!({ "factor": factor })).await
        };
        let (ceremony, factor) = ask(&scene, &alice, "auth0-push").await;
        let before = scene.double.count("/oauth/token");
        // However often it is asked here.
        for _ in 0..20 {
            assert_eq!(poll(&ceremony, &factor).await.status, 202);
            scene.service.wait(1);
        }
        assert_eq!(scene.double.count("/oauth/token") - before, 4, "every five seconds");
        scene.double.inner().pushed = Pushed::Approved;
        assert_eq!(poll(&ceremony, &factor).await.status, 200);
        is(&poll(&ceremony, &factor).await, (409, "ceremony-proved", ""), "once");
        scene.service.wait(60);
        let (ceremony, factor) = ask(&scene, &alice, "auth0-push").await;
        scene.double.inner().pushed = Pushed::Rejected;
        is(&poll(&ceremony, &factor).await, (403, "denied", ""), "refused");
        assert_eq!(scene.service.events.count(EventKind::Denied), 1);
        assert_eq!(scene.service.events.count(EventKind::Failed), 0);
        scene.assert_conformant();
    }
}

/// A push that asks for a code, or a text where there is only a mailbox, is not of the sort.
#[tokio::test]
async fn a_challenge_of_another_sort_is_not_asked() {
    for framework in Framework::ALL {
        let scene = Scene::begin(framework, factors).await;
        scene.double.inner().binds_always = true;
        let alice = scene.alice_again().await;
        let refused = alice.try_enrol(json!({ "method": "auth0-push" })).await;
        is(&refused, (503, "not-sent", "30"), "a push");
        scene.double.inner().authenticators = json!([
            { "id": "email|dev_4", "authenticator_type": "oob", "active": true, "oob_channel": "email" },
        ]);
        for method in ["auth0-otp", "auth0-sms", "auth0-voice", "auth0-push"] {
            let alice = scene.alice_again().await;
            let refused = alice.try_enrol(json!({ "method": method })).await;
            is(&refused, (503, "not-sent", "30"), method);
        }
        scene.assert_conformant();
    }
}
