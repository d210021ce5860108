//! Codes that came by another channel than the factor's.

use serde_json::{Value, json};
use stepup_authority::factor::{Auth0Mfa, Auth0Tenant};
use stepup_tests::Framework;

use super::by_service::code;
use super::double::{ALICE, Double};
use super::scene::{Scene, is, tokens, user_id};

fn factors(tenant: &Auth0Tenant, double: &Double) -> Vec<Auth0Mfa> {
    vec![
        Auth0Mfa::otp(tenant, user_id),
        Auth0Mfa::sms(tenant, user_id, tokens(double)),
        Auth0Mfa::voice(tenant, user_id, tokens(double)),
    ]
}

/// What somebody posts who has the password, and reads what comes by this channel.
fn by_another(double: &Double, authenticator: &str) -> Value {
    let mfa_token = double.mfa_token(ALICE);
    let oob_code = double.challenge(&mfa_token, authenticator);
    let code = double.received(authenticator);
    json!({ "mfa_token": mfa_token, "oob_code": oob_code, "code": code })
}

/// Auth0 takes each code for the challenge that it belongs to. A mailbox reaches `mfa` by none.
#[tokio::test]
async fn r_otp_08_a_code_by_mail_is_none_of_the_app_by_text_or_by_call() {
    for framework in Framework::ALL {
        let scene = Scene::begin(framework, factors).await;
        for (method, other) in [
            ("auth0-otp", "email|dev_4"),
            ("auth0-sms", "email|dev_4"),
            ("auth0-sms", "voice|dev_2"),
            ("auth0-voice", "email|dev_4"),
            ("auth0-voice", "sms|dev_2"),
        ] {
            let what = format!("{method} by {other}");
            let foreign = || by_another(&scene.double, other);
            let enrolled = scene.enrol(method, foreign).await;
            is(&enrolled, (403, "wrong-answer", ""), &what);
            let right = || {
                let mfa_token = scene.double.mfa_token(ALICE);
                json!({ "mfa_token": mfa_token, "code": code(&scene.double, method) })
            };
            assert_eq!(scene.enrol(method, right).await.status, 201, "{what}");
            let alice = scene.alice().await;
            let begun = alice.begin_mfa().await;
            let factor = begun.factor(method);
            let prove = async |mut answer: Value| {
                answer["factor"] = factor.clone().into();
                alice.prove_with(&begun.id, &answer).await
            };
            if method != "auth0-otp" {
                // Nor is it an answer to what was not asked.
                is(&prove(foreign()).await, (409, "no-code-sent", ""), &what);
                assert_eq!(alice.prompt(&begun.id, &factor).await.status, 200, "{what}");
            }
            is(&prove(foreign()).await, (403, "wrong-answer", ""), &what);
            // What the user has is right all the same, however much was sent meanwhile.
            let proved = prove(right()).await;
            assert_eq!((proved.status.as_u16(), &proved.json()["acr"]), (200, &json!("mfa")));
        }
        scene.assert_conformant();
    }
}
