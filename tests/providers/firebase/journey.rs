//! The whole loop, by a sign-in at Firebase.

use stepup_tests::Framework;
use stepup_tests::authority::Ceremony;

use super::{Asked, Scene, google};

#[tokio::test]
async fn a_sign_in_at_firebase_ends_in_a_token_that_is_admitted() {
    let google = google();
    for framework in Framework::ALL {
        let scene = Scene::enrolled(framework, &google).await;
        let alice = scene.service.login("alice").await;
        let by_sign_in = async |ceremony: Ceremony| {
            let factor = ceremony.factor("firebase");
            assert_eq!(alice.prompt(&ceremony.id, &factor).await.status, 200);
            let asked = Asked { ceremony: ceremony.id, factor };
            asked.post(&alice, scene.token(|_| {})).await
        };
        alice.admitted_to("/mfa_fresh", "mfa", by_sign_in).await;
    }
}
