//! What a user has no more is at Twilio no more.

use serde_json::json;
use stepup_tests::Framework;
use stepup_tests::authority::User;

use super::double::{APP_CODE, Twilio, error};
use super::{pushes, start, totp};
use crate::scene::{confirm, with_app};

async fn remove(user: &User<'_>, factor: &str) -> u16 {
    let removed = user.call("DELETE", &format!("/step-up/factors/{factor}"), &json!(null)).await;
    removed.status.as_u16()
}

#[tokio::test]
async fn a_factor_that_is_removed_is_deleted_there() {
    for framework in Framework::ALL {
        let twilio = Twilio::start();
        let service = start(framework, &twilio).await;
        let (alice, app) = with_app(&service, "alice").await;
        let alice = alice.step_up(&app).await;
        let totp = totp::enrol(&service, &alice).await;
        let push = pushes::enrol(&service, &alice, &twilio).await;
        assert_eq!(twilio.factors(), 2);
        twilio.http.asked();
        for (factor, left) in [(&totp, 1), (&push, 0)] {
            service.wait(30);
            let alice = service.login("alice").await.step_up(&app).await;
            assert_eq!(remove(&alice, factor).await, 204);
            let asked = twilio.http.asked_soon(1).await;
            assert_eq!((asked[0].method.as_str(), asked[0].segments()[3]), ("DELETE", "Entities"));
            assert_eq!(twilio.factors(), left);
        }
        twilio.http.is_content();
    }
}

/// By another, by the service; and whatever Twilio says, it is removed here.
#[tokio::test]
async fn however_a_factor_goes_it_is_deleted_there() {
    for framework in Framework::ALL {
        let twilio = Twilio::start();
        let service = start(framework, &twilio).await;
        let (alice, app) = with_app(&service, "alice").await;
        let alice = alice.step_up(&app).await;
        let first = totp::enrol(&service, &alice).await;
        let begun = alice.enrol(json!({ "method": "t-totp", "replaces": first })).await;
        let answer = confirm(&alice, &begun, &json!({ "code": APP_CODE })).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
        twilio.http.asked_soon(1).await;
        assert_eq!(twilio.factors(), 1);
        assert_eq!(service.authority.remove_factors_of("alice").await, Ok(2));
        assert_eq!(twilio.factors(), 0);

        let bob = service.login("bob").await;
        totp::enrol(&service, &bob).await;
        for said in [error(404, 20404), error(500, 20500)] {
            twilio.http.next(said);
            assert!(service.authority.remove_factors_of("bob").await.is_ok());
        }
        assert_eq!(bob.get("/step-up/factors").await.json()["factors"], json!([]));
        twilio.http.is_content();
    }
}
