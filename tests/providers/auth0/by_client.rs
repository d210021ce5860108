//! The client has the `mfa_token`, and the authority has the app's code checked.

use serde_json::{Value, json};
use stepup_authority::factor::{Auth0Mfa, Auth0Tenant};
use stepup_tests::Framework;

use super::double::{ALICE, CODE, Double};
use super::scene::{Scene, is, user_id};

pub(super) fn factors(tenant: &Auth0Tenant, _: &Double) -> Vec<Auth0Mfa> {
    vec![Auth0Mfa::otp(tenant, user_id).named("app".to_owned())]
}

pub(super) fn answer(double: &Double, user: &str, code: &str) -> Value {
    json!({ "mfa_token": double.mfa_token(user), "code": code })
}

#[tokio::test]
async fn a_code_of_the_app_enrols_and_proves() {
    for framework in Framework::ALL {
        let scene = Scene::begin(framework, factors).await;
        let of = |user, code| answer(&scene.double, user, code);
        let wrong = scene.enrol("app", || of(ALICE, "654321")).await;
        is(&wrong, (403, "wrong-answer", ""), "enrolment");
        let enrolled = scene.enrol("app", || of(ALICE, CODE)).await;
        assert_eq!(enrolled.status, 201, "{}", enrolled.json());
        let alice = scene.alice().await;
        let begun = alice.begin_mfa().await;
        let prove = async |mut answer: Value| {
            answer["factor"] = begun.factor("app").into();
            alice.prove_with(&begun.id, &answer).await
        };
        is(&prove(of(ALICE, "654321")).await, (403, "wrong-answer", ""), "a wrong code");
        let right = of(ALICE, CODE);
        let proved = prove(right.clone()).await;
        assert_eq!((proved.status.as_u16(), &proved.json()["acr"]), (200, &json!("mfa")));
        // It is good once, here and there.
        is(&prove(right.clone()).await, (409, "ceremony-proved", ""), "once here");
        scene.service.wait(3600);
        let alice = scene.alice().await;
        let begun = alice.begin_mfa().await;
        let prove = async |mut answer: Value| {
            answer["factor"] = begun.factor("app").into();
            alice.prove_with(&begun.id, &answer).await
        };
        // Whoever has an account there has an `mfa_token` of theirs, and a code that is right.
        let foreign = prove(of("auth0|mallory", CODE)).await;
        is(&foreign, (403, "wrong-answer", ""), "another user's");
        is(&prove(right).await, (409, "prompt-over", ""), "once there");
        scene.assert_conformant();
    }
}

#[tokio::test]
async fn what_is_no_answer_is_sent_nowhere() {
    for framework in Framework::ALL {
        let scene = Scene::begin(framework, factors).await;
        let enrolled = scene.enrol("app", || answer(&scene.double, ALICE, CODE)).await;
        assert_eq!(enrolled.status, 201);
        let before = scene.double.count("/oauth/token");
        for (what, answer) in [
            ("nothing", json!({})),
            ("no token", json!({ "code": CODE })),
            ("an empty token", json!({ "mfa_token": "", "code": CODE })),
            ("a long token", json!({ "mfa_token": "a".repeat(8193), "code": CODE })),
            ("a space", json!({ "mfa_token": "a b", "code": CODE })),
            ("no code", json!({ "mfa_token": "a" })),
            ("a challenge", json!({ "mfa_token": "a", "oob_code": "a" })),
            ("an empty code", json!({ "mfa_token": "a", "code": "" })),
            ("letters", json!({ "mfa_token": "a", "code": "12345a" })),
        ] {
            scene.service.wait(3600);
            let alice = scene.alice().await;
            let begun = alice.begin_mfa().await;
            let mut body = answer;
            body["factor"] = begun.factor("app").into();
            let answer = alice.prove_with(&begun.id, &body).await;
            is(&answer, (400, "malformed-answer", ""), what);
        }
        assert_eq!(scene.double.count("/oauth/token"), before);
        let bob = scene.service.login("bob").await;
        let refused = bob.try_enrol(json!({ "method": "app" })).await;
        is(&refused, (422, "unfit-details", ""), "nobody there");
    }
}
