//! The whole loop, by what users have at Auth0.

use serde_json::json;
use stepup_tests::Framework;
use stepup_tests::authority::Ceremony;

use super::double::{ALICE, CODE, Pushed};
use super::scene::Scene;
use super::{by_client, by_service};

#[tokio::test]
async fn what_auth0_asks_for_ends_in_a_token_that_is_admitted() {
    for framework in Framework::ALL {
        let scene = Scene::begin(framework, by_client::factors).await;
        let right = || by_client::answer(&scene.double, ALICE, CODE);
        assert_eq!(scene.enrol("app", right).await.status, 201);
        let alice = scene.alice().await;
        let by_app = async |ceremony: Ceremony| {
            let mut answer = right();
            answer["factor"] = ceremony.factor("app").into();
            alice.prove_with(&ceremony.id, &answer).await
        };
        alice.admitted_to("/mfa_fresh", "mfa", by_app).await;
        scene.assert_conformant();

        let scene = Scene::begin(framework, by_service::factors).await;
        let code = || by_service::code(&scene.double, "auth0-sms");
        assert_eq!(scene.enrol("auth0-sms", || json!({ "code": code() })).await.status, 201);
        let alice = scene.alice().await;
        let by_text = async |ceremony: Ceremony| {
            let factor = ceremony.factor("auth0-sms");
            assert_eq!(alice.prompt(&ceremony.id, &factor).await.status, 200);
            alice.prove(&ceremony.id, &factor, &code()).await
        };
        alice.admitted_to("/mfa_fresh", "mfa", by_text).await;
        scene.double.inner().pushed = Pushed::Approved;
        assert_eq!(scene.enrol("auth0-push", || json!({})).await.status, 201);
        scene.double.inner().pushed = Pushed::Waits;
        let alice = scene.alice().await;
        let by_tap = async |ceremony: Ceremony| {
            let factor = ceremony.factor("auth0-push");
            assert_eq!(alice.prompt(&ceremony.id, &factor).await.status, 200);
            let poll = json!({ "factor": factor });
            assert_eq!(alice.prove_with(&ceremony.id, &poll).await.status, 202);
            scene.double.inner().pushed = Pushed::Approved;
            scene.service.wait(5);
            alice.prove_with(&ceremony.id, &poll).await
        };
        alice.admitted_to("/mfa_fresh", "mfa", by_tap).await;
        scene.assert_conformant();
    }
}
