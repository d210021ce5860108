//! The whole loop, by what users have at Twilio.

use stepup_tests::Framework;
use stepup_tests::authority::Ceremony;

use super::double::{APP_CODE, Twilio};
use super::{enrol_number, pushes, start, totp};
use crate::scene::poll;

const NUMBER: &str = "+4915112345678";

#[tokio::test]
async fn what_twilio_asks_for_ends_in_a_token_that_is_admitted() {
    for framework in Framework::ALL {
        let twilio = Twilio::start();
        let service = start(framework, &twilio).await;

        let alice = service.login("alice").await;
        let sms = enrol_number(&service, &alice, &twilio, "t-sms", NUMBER).await;
        let by_text = async |ceremony: Ceremony| {
            assert_eq!(alice.prompt(&ceremony.id, &sms).await.status, 200);
            alice.prove(&ceremony.id, &sms, &twilio.code(NUMBER)).await
        };
        alice.admitted_to("/mfa_fresh", "mfa", by_text).await;

        let bob = service.login("bob").await;
        let app = totp::enrol(&service, &bob).await;
        let by_app = async |ceremony: Ceremony| bob.prove(&ceremony.id, &app, APP_CODE).await;
        bob.admitted_to("/mfa_fresh", "mfa", by_app).await;

        // What is tapped makes a login fresh, and no stronger.
        let carol = service.login("carol").await;
        let push = pushes::enrol(&service, &carol, &twilio).await;
        service.wait(300);
        let by_tap = async |ceremony: Ceremony| {
            assert_eq!(carol.prompt(&ceremony.id, &push).await.status, 200);
            assert_eq!(poll(&carol, &ceremony.id, &push).await.status, 202);
            twilio.user_says("approved");
            service.wait(2);
            poll(&carol, &ceremony.id, &push).await
        };
        carol.admitted_to("/fresh", "single-factor", by_tap).await;
        let unmet = carol.try_begin(carol.post("/mfa").await.demanded()).await;
        assert_eq!(unmet.json()["error"], "unmet_authentication_requirements");
        twilio.http.is_content();
    }
}
