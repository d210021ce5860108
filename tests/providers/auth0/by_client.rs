//! The client has the `mfa_token`, lists and challenges, and the authority has the code checked.

use serde_json::{Value, json};
use stepup_authority::factor::{Auth0Mfa, Auth0Tenant};
use stepup_tests::Framework;

use super::double::{ALICE, CODE, Double};
use super::scene::{Scene, is, user_id};

fn factors(tenant: &Auth0Tenant, _: &Double) -> Vec<Auth0Mfa> {
    vec![
        Auth0Mfa::otp(tenant, user_id),
        Auth0Mfa::sms(tenant, user_id),
        Auth0Mfa::voice(tenant, user_id),
        Auth0Mfa::email(tenant, user_id).accepted_as_second_factor().named("mail"),
    ]
}

/// Each method with its authenticator, and what it is called in the token.
const SORTS: &[(&str, Option<&str>)] = &[
    ("auth0-otp", None),
    ("auth0-sms", Some("sms|dev_2")),
    ("auth0-voice", Some("voice|dev_2")),
    ("mail", Some("email|dev_4")),
];

fn answer(double: &Double, user: &str, authenticator: Option<&str>, code: &str) -> Value {
    let mfa_token = double.mfa_token(user);
    let mut answer = json!({ "mfa_token": mfa_token, "code": code });
    if let Some(authenticator) = authenticator {
        answer["oob_code"] = double.challenge(&mfa_token, authenticator).into();
    }
    answer
}

#[tokio::test]
async fn each_sort_enrols_and_proves() {
    for framework in Framework::ALL {
        let scene = Scene::begin(framework, factors).await;
        for (method, authenticator) in SORTS {
            let of = |user, code| answer(&scene.double, user, *authenticator, code);
            is(&scene.enrol(method, of(ALICE, "654321")).await, (403, "wrong-answer", ""), method);
            let enrolled = scene.enrol(method, of(ALICE, CODE)).await;
            assert_eq!(enrolled.status, 201, "{method}: {}", enrolled.json());
            let alice = scene.alice().await;
            let begun = alice.begin_mfa().await;
            let prove = async |mut answer: Value| {
                answer["factor"] = begun.factor(method).into();
                alice.prove_with(&begun.id, &answer).await
            };
            is(&prove(of(ALICE, "654321")).await, (403, "wrong-answer", ""), method);
            let right = of(ALICE, CODE);
            let proved = prove(right.clone()).await;
            assert_eq!((proved.status.as_u16(), &proved.json()["acr"]), (200, &json!("mfa")));
            // It is good once, here and there.
            is(&prove(right.clone()).await, (409, "ceremony-proved", ""), method);
            scene.service.wait(3600);
            let alice = scene.alice().await;
            // Whoever has an account there has an `mfa_token` of theirs, and a code that is right.
            let begun = alice.begin_mfa().await;
            let mut foreign = of("auth0|mallory", CODE);
            foreign["factor"] = begun.factor(method).into();
            let foreign = alice.prove_with(&begun.id, &foreign).await;
            is(&foreign, (403, "wrong-answer", ""), method);
            let mut again = right;
            again["factor"] = begun.factor(method).into();
            let again = alice.prove_with(&begun.id, &again).await;
            is(&again, (409, "prompt-over", ""), method);
        }
        scene.assert_conformant();
    }
}

#[tokio::test]
async fn what_is_no_answer_is_sent_nowhere() {
    for framework in Framework::ALL {
        let scene = Scene::begin(framework, factors).await;
        let good = answer(&scene.double, ALICE, Some("sms|dev_2"), CODE);
        assert_eq!(scene.enrol("auth0-sms", good).await.status, 201);
        let before = scene.double.count("/oauth/token");
        for (what, answer) in [
            ("nothing", json!({})),
            ("no token", json!({ "oob_code": "a", "code": CODE })),
            ("an empty token", json!({ "mfa_token": "", "oob_code": "a", "code": CODE })),
            (
                "a long token",
                json!({ "mfa_token": "a".repeat(8193), "oob_code": "a", "code": CODE }),
            ),
            ("a space", json!({ "mfa_token": "a b", "oob_code": "a", "code": CODE })),
            ("no challenge", json!({ "mfa_token": "a", "code": CODE })),
            ("no code", json!({ "mfa_token": "a", "oob_code": "a" })),
            ("an empty code", json!({ "mfa_token": "a", "oob_code": "a", "code": "" })),
            ("letters", json!({ "mfa_token": "a", "oob_code": "a", "code": "12345a" })),
        ] {
            scene.service.wait(3600);
            let alice = scene.alice().await;
            let begun = alice.begin_mfa().await;
            let mut body = answer;
            body["factor"] = begun.factor("auth0-sms").into();
            let answer = alice.prove_with(&begun.id, &body).await;
            is(&answer, (400, "malformed-answer", ""), what);
        }
        assert_eq!(scene.double.count("/oauth/token"), before);
        let bob = scene.service.login("bob").await;
        let refused = bob.try_enrol(json!({ "method": "auth0-sms" })).await;
        is(&refused, (422, "unfit-details", ""), "nobody there");
    }
}
