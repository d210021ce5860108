//! What a device sends to hear what is asked, sent again.

use stepup_authority::device::{Device, Refusal};
use stepup_authority::factor::Push;
use stepup_core::Timestamp;
use stepup_tests::Framework;
use stepup_tests::authority::Setup;

use crate::scene::{Asking, Phone, refused, send, start, token};

stepup_tests::on_every_store!(
    o25_a_poll_is_good_once_and_for_a_minute
    r_push_02_an_answer_is_good_once
    a_key_that_was_kept_is_the_device_again
    o24_a_device_that_polls_all_the_time_is_told_to_wait
);

async fn o25_a_poll_is_good_once_and_for_a_minute(setup: Setup) {
    let service = start(setup).await;
    let alice = service.login("alice").await;
    let phone = Phone::of(&service, &alice, "Telephone").await;
    Asking::begin(&alice).await;
    let poll = phone.device.poll(phone.now()).unwrap();
    let clone = || {
        let (parts, body) = poll.clone().into_parts();
        http::Request::from_parts(parts, body)
    };
    let told = phone.device.asked(&send(&service, clone()).await).unwrap();
    assert_eq!(told.len(), 1);
    for seconds in [0, 30, 30, 1] {
        service.wait(seconds);
        let again = phone.device.asked(&send(&service, clone()).await);
        assert_eq!(again, refused(Refusal::NotThisDevice), "{seconds}");
    }
    // A clock that is a minute off will do; one that is more off learns the time.
    for (off, is_heard) in [(-61, false), (-60, true), (60, true), (61, false)] {
        let now = Timestamp::from_secs(service.now().checked_add_signed(off).unwrap());
        let answer = send(&service, phone.device.poll(now).unwrap()).await;
        assert_eq!(phone.device.asked(&answer).is_ok(), is_heard, "{off}");
        if !is_heard {
            let body: serde_json::Value = serde_json::from_slice(answer.body()).unwrap();
            assert_eq!(body["now"], service.now());
        }
    }
}

async fn r_push_02_an_answer_is_good_once(setup: Setup) {
    let service = start(setup).await;
    let alice = service.login("alice").await;
    let phone = Phone::of(&service, &alice, "Telephone").await;
    let asking = Asking::begin(&alice).await;
    let approval = phone.device.approve(&phone.asked().await, &asking.number).unwrap();
    assert_eq!(phone.device.answered(&send(&service, approval.clone()).await), Ok(()));
    let again = phone.device.answered(&send(&service, approval.clone()).await);
    assert_eq!(again, refused(Refusal::Answered));
    token(&asking.poll(&alice).await);
    // Nor is it one to what is asked next.
    let next = Asking::begin(&alice).await;
    let again = phone.device.answered(&send(&service, approval).await);
    assert_eq!(again, refused(Refusal::Over));
    assert_eq!(next.poll(&alice).await.status, 202);
}

async fn a_key_that_was_kept_is_the_device_again(setup: Setup) {
    let service = start(setup).await;
    let alice = service.login("alice").await;
    let mut phone = Phone::of(&service, &alice, "Telephone").await;
    let key = phone.device.to_pkcs8().unwrap();
    phone.device = Device::from_pkcs8(phone.device.page(), &key).unwrap();
    // What the authority remembers of it by itself ends; what the account has does not.
    service.wait(24 * 60 * 60);
    let alice = service.login("alice").await;
    assert!(phone.look().await.unwrap().is_empty());
    let asking = Asking::begin(&alice).await;
    assert_eq!(phone.type_in(&phone.asked().await, &asking.number).await, Ok(()));
    token(&asking.poll(&alice).await);
}

async fn o24_a_device_that_polls_all_the_time_is_told_to_wait(setup: Setup) {
    let service = start(setup).await;
    let alice = service.login("alice").await;
    let phone = Phone::of(&service, &alice, "Telephone").await;
    let asking = Asking::begin(&alice).await;
    let asked = phone.asked().await;
    for _ in 1..100 {
        phone.asked().await;
    }
    let answer = send(&service, phone.device.poll(phone.now()).unwrap()).await;
    assert_eq!(phone.device.asked(&answer), refused(Refusal::TooOften));
    assert_eq!(answer.headers()["retry-after"], "60");
    service.wait(61);
    assert_eq!(phone.asked().await, asked);
    assert_eq!(phone.type_in(&asked, &asking.number).await, Ok(()));
}

/// As all problems of the service's are (RFC 9457 §3.1.1).
#[tokio::test]
async fn a_device_is_refused_with_a_problem_of_the_services_types() {
    for framework in Framework::ALL {
        let setup = Setup::new(framework).with_issuer(|builder, issuer| {
            builder.factor(Push::new(issuer)).problem_types("https://bank.example/problems/")
        });
        let service = setup.start().await;
        let alice = service.login("alice").await;
        let phone = Phone::of(&service, &alice, "Telephone").await;
        Asking::begin(&alice).await;
        let an_hour_ago = Timestamp::from_secs(service.now() - 3600);
        let answer = send(&service, phone.device.poll(an_hour_ago).unwrap()).await;
        let body: serde_json::Value = serde_json::from_slice(answer.body()).unwrap();
        assert_eq!(body["type"], "https://bank.example/problems/device-not-this");
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        // The device knows it by its end.
        assert_eq!(phone.device.asked(&answer), refused(Refusal::NotThisDevice));
    }
}
