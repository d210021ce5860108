//! R-OTP-11: what a log says of all this, and what a store holds.

use serde_json::json;
use stepup_authority::device::Device;
use stepup_tests::Framework;
use stepup_tests::Log;
use stepup_tests::authority::Setup;

use crate::scene::{Asking, Phone, finish, send, start, token};

#[tokio::test]
async fn r_otp_11_nothing_secret_is_in_a_log() {
    for framework in Framework::ALL {
        let log = Log::default();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(log.clone())
            .finish();
        let _guard = tracing::subscriber::set_default(subscriber);
        let service = start(Setup::new(framework)).await;
        let alice = service.login("alice").await;
        let begun = alice.enrol(json!({ "method": "push" })).await;
        let (device, request) =
            Device::pair(begun["pairing_uri"].as_str().unwrap(), "Seldom named").unwrap();
        device.paired(&send(&service, request).await).unwrap();
        let factor =
            finish(&alice, &begun).await.json()["factor"]["id"].as_str().unwrap().to_owned();
        let phone = Phone { service: &service, device, factor };
        let asking = Asking::begin(&alice).await;
        let asked = phone.asked().await;
        let _ = phone.type_in(&asked, &asking.wrong_number()).await;
        asking.poll(&alice).await;
        let again = Asking::again(&alice, &asking.ceremony, &phone.factor).await;
        phone.type_in(&phone.asked().await, &again.number).await.unwrap();
        token(&again.poll(&alice).await);
        let last = Asking::begin(&alice).await;
        let asked_last = phone.asked().await;
        phone.say_no(&asked_last).await.unwrap();
        last.poll(&alice).await;
        // One more is refused, and that is logged.
        let begun_again = alice.begin_mfa().await;
        assert_eq!(alice.prompt(&begun_again.id, &phone.factor).await.status, 429);
        let text = log.text();
        assert!(text.contains("a user could not be asked"), "{text}");
        for secret in [
            begun["secret"].as_str().unwrap(),
            begun["device"].as_str().unwrap(),
            "Seldom named",
            "Vienna",
            asked.id(),
            asked_last.id(),
            &asking.number,
            &again.number,
            &last.number,
            &asking.ceremony,
        ] {
            assert!(!text.contains(secret), "{framework:?} {secret} {text}");
        }
        let debug = format!("{:?} {:?}", phone.device, service.authority);
        assert!(!debug.contains("secret") && debug.contains("Device"), "{debug}");
    }
}
