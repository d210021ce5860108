//! The whole loop, by what users have at Okta.

use stepup_tests::Framework;
use stepup_tests::authority::Ceremony;

use super::double::Okta;
use super::{at_okta, enrol, start};
use crate::scene::poll;

#[tokio::test]
async fn what_okta_asks_for_ends_in_a_token_that_is_admitted() {
    for framework in Framework::ALL {
        let okta = Okta::start();
        let service = start(framework, &okta).await;

        let alice = service.login("alice").await;
        let sms = enrol(&service, &alice, &okta, "o-sms").await;
        let by_text = async |ceremony: Ceremony| {
            assert_eq!(alice.prompt(&ceremony.id, &sms).await.status, 200);
            alice.prove(&ceremony.id, &sms, &okta.code("00ualice", at_okta("o-sms"))).await
        };
        alice.admitted_to("/mfa_fresh", "mfa", by_text).await;

        // What is picked makes a login fresh, and no stronger.
        let bob = service.login("bob").await;
        let push = enrol(&service, &bob, &okta, "push").await;
        service.wait(300);
        let by_pick = async |ceremony: Ceremony| {
            let prompt = bob.prompt(&ceremony.id, &push).await;
            assert_eq!(prompt.json()["prompt"]["number"], 72, "{}", prompt.json());
            assert_eq!(poll(&bob, &ceremony.id, &push).await.status, 202);
            okta.user_says("SUCCESS");
            service.wait(4);
            poll(&bob, &ceremony.id, &push).await
        };
        bob.admitted_to("/fresh", "single-factor", by_pick).await;
        let unmet = bob.try_begin(bob.post("/mfa").await.demanded()).await;
        assert_eq!(unmet.json()["error"], "unmet_authentication_requirements");
        okta.http.is_content();
    }
}
