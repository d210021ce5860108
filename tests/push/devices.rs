//! O25: an answer is of the device that was asked, to what it was asked, for whom it was asked.

use serde_json::json;
use stepup_authority::EventKind;
use stepup_authority::device::{Device, Refusal};
use stepup_tests::authority::Setup;

use crate::scene::{Asking, Phone, is, problem, refused, send, start, token};

stepup_tests::on_every_store!(
    o25_another_users_device_answers_nothing
    o25_another_device_of_the_user_answers_nothing
    o25_an_answer_to_another_ceremony_proves_nothing
    o25_a_device_that_is_removed_answers_nothing
    o25_a_device_that_is_removed_is_told_so
    r_push_02_another_device_may_be_asked_in_the_same_ceremony
);

async fn o25_another_users_device_answers_nothing(setup: Setup) {
    let service = start(setup).await;
    let (alice, bob) = (service.login("alice").await, service.login("bob").await);
    let phone = Phone::of(&service, &alice, "Alice's").await;
    let bobs = Phone::of(&service, &bob, "Bob's").await;
    let asking = Asking::begin(&alice).await;
    let asked = phone.asked().await;
    // By its own pages, and by those of the device that was asked.
    assert_eq!(bobs.type_in(&asked, &asking.number).await, refused(Refusal::Over));
    assert_eq!(bobs.say_no(&asked).await, refused(Refusal::Over));
    let key = bobs.device.to_pkcs8().unwrap();
    let disguised = Device::from_pkcs8(phone.device.page(), &key).unwrap();
    for request in [
        disguised.approve(&asked, &asking.number).unwrap(),
        disguised.deny(&asked).unwrap(),
        disguised.poll(phone.now()).unwrap(),
    ] {
        let answer = send(&service, request).await;
        assert_eq!(disguised.answered(&answer), refused(Refusal::NotThisDevice));
        assert_eq!(answer.headers()["www-authenticate"], "Stepup-Device");
    }
    assert_eq!(asking.poll(&alice).await.status, 202);
    assert_eq!(service.events.count(EventKind::Denied), 0);
    assert_eq!(phone.type_in(&asked, &asking.number).await, Ok(()));
    token(&asking.poll(&alice).await);
}

async fn o25_another_device_of_the_user_answers_nothing(setup: Setup) {
    let service = start(setup).await;
    let alice = service.login("alice").await;
    let phone = Phone::of(&service, &alice, "Telephone").await;
    let asking = Asking::begin(&alice).await;
    assert_eq!(phone.type_in(&phone.asked().await, &asking.number).await, Ok(()));
    let stepped_up = alice.with_token(&token(&asking.poll(&alice).await));
    let tablet = Phone::of(&service, &stepped_up, "Tablet").await;
    let begun = alice.begin_mfa().await;
    let asking = Asking::again(&alice, &begun.id, &phone.factor).await;
    let asked = phone.asked().await;
    assert_eq!(tablet.type_in(&asked, &asking.number).await, refused(Refusal::Over));
    assert_eq!(tablet.say_no(&asked).await, refused(Refusal::Over));
    // Nor does the ceremony hear of it as an answer of the other.
    let poll = alice.prove_with(&begun.id, &json!({ "factor": tablet.factor })).await;
    assert_eq!(problem(&poll), is(409, "no-code-sent"));
    assert_eq!(asking.poll(&alice).await.status, 202);
}

async fn o25_an_answer_to_another_ceremony_proves_nothing(setup: Setup) {
    let service = start(setup).await;
    let alice = service.login("alice").await;
    let phone = Phone::of(&service, &alice, "Telephone").await;
    let elsewhere = service.login("alice").await;
    let first = Asking::begin(&elsewhere).await;
    let asked_first = phone.asked().await;
    service.wait(120);
    let second = Asking::begin(&alice).await;
    let asked = phone.asked().await;
    // To the first, which is over, with the number of either.
    for number in [&first.number, &second.number] {
        assert_eq!(phone.type_in(&asked_first, number).await, refused(Refusal::Over));
    }
    assert_eq!(phone.type_in(&asked, &second.number).await, Ok(()));
    assert_eq!(problem(&first.poll(&elsewhere).await), is(409, "prompt-over"));
    // Nor does another session hear the answer.
    for other in [&elsewhere, &service.login("bob").await] {
        assert_eq!(problem(&second.poll(other).await), is(404, "no-such-ceremony"));
    }
    token(&second.poll(&alice).await);
    assert_eq!(service.events.count(EventKind::Proved), 1);
}

async fn o25_a_device_that_is_removed_answers_nothing(setup: Setup) {
    let service = start(setup).await;
    let alice = service.login("alice").await;
    let app = alice.enrol_totp().await;
    let stepped_up = alice.step_up(&app).await;
    let phone = Phone::of(&service, &stepped_up, "Telephone").await;
    let asking = Asking::begin(&alice).await;
    let asked = phone.asked().await;
    let removed = stepped_up
        .call("DELETE", &format!("/step-up/factors/{}", phone.factor), &json!(null))
        .await;
    assert_eq!(removed.status, 204, "{}", removed.json());
    assert_eq!(phone.type_in(&asked, &asking.number).await, refused(Refusal::Unpaired));
    assert_eq!(phone.say_no(&asked).await, refused(Refusal::Unpaired));
    let poll = asking.poll(&alice).await;
    assert_ne!(poll.status, 200);
    assert_eq!(service.events.count(EventKind::Proved), 1, "by the app alone");
}

/// Its app can say so, and nobody waits for what is never asked.
async fn o25_a_device_that_is_removed_is_told_so(setup: Setup) {
    let service = start(setup).await;
    let alice = service.login("alice").await;
    let app = alice.enrol_totp().await;
    let stepped_up = alice.step_up(&app).await;
    let phone = Phone::of(&service, &stepped_up, "Telephone").await;
    let tablet = Phone::of(&service, &stepped_up, "Tablet").await;
    Asking::again(&alice, &alice.begin_mfa().await.id, &phone.factor).await;
    let removed = stepped_up
        .call("DELETE", &format!("/step-up/factors/{}", phone.factor), &json!(null))
        .await;
    assert_eq!(removed.status, 204, "{}", removed.json());
    // What was asked of it is asked of nobody: the other can be asked at once.
    let alice = service.login("alice").await;
    let asking = Asking::again(&alice, &alice.begin_mfa().await.id, &tablet.factor).await;
    assert_eq!(tablet.type_in(&tablet.asked().await, &asking.number).await, Ok(()));
    // Whoever it is not learns nothing of it.
    let stranger = Device::from_pkcs8(phone.device.page(), &tablet.device.to_pkcs8().unwrap());
    let strange = send(&service, stranger.unwrap().poll(phone.now()).unwrap()).await;
    assert_eq!(phone.device.asked(&strange), refused(Refusal::NotThisDevice));
    for days in [0, 1, 28] {
        service.wait(days * 24 * 60 * 60);
        let poll = phone.device.poll(phone.now()).unwrap();
        let answer = send(&service, poll).await;
        assert_eq!(answer.status(), 401);
        assert_eq!(answer.headers()["www-authenticate"], "Stepup-Device");
        assert_eq!(phone.device.asked(&answer), refused(Refusal::Unpaired));
        assert_eq!(tablet.look().await, Ok(Vec::new()));
    }
    service.authority.remove_factors_of("alice").await.unwrap();
    assert_eq!(tablet.look().await, refused(Refusal::Unpaired));
    // For a month.
    service.wait(24 * 60 * 60);
    assert_eq!(phone.look().await, Ok(Vec::new()));
    assert_eq!(tablet.look().await, refused(Refusal::Unpaired));
}

/// Where the first is off, or lost. It is no way to ask oftener.
async fn r_push_02_another_device_may_be_asked_in_the_same_ceremony(setup: Setup) {
    let service = start(setup).await;
    let alice = service.login("alice").await;
    let phone = Phone::of(&service, &alice, "Telephone").await;
    let asking = Asking::begin(&alice).await;
    assert_eq!(phone.type_in(&phone.asked().await, &asking.number).await, Ok(()));
    let stepped_up = alice.with_token(&token(&asking.poll(&alice).await));
    let tablet = Phone::of(&service, &stepped_up, "Tablet").await;

    let begun = alice.begin_mfa().await;
    let first = Asking::again(&alice, &begun.id, &phone.factor).await;
    let asked_first = phone.asked().await;
    let second = Asking::again(&alice, &begun.id, &tablet.factor).await;
    assert!(phone.look().await.unwrap().is_empty());
    assert_eq!(phone.type_in(&asked_first, &first.number).await, refused(Refusal::Over));
    assert_eq!(problem(&first.poll(&alice).await), is(409, "prompt-over"));
    assert_eq!(second.poll(&alice).await.status, 202);
    let third = Asking::again(&alice, &begun.id, &phone.factor).await;
    assert_eq!(third.poll(&alice).await.status, 202);
    let refusal = alice.prompt(&begun.id, &tablet.factor).await;
    assert_eq!(problem(&refusal), is(429, "too-many-messages"));
    assert_eq!(phone.say_no(&asked_first).await, Ok(()));
    assert_eq!(alice.state(&begun.id).await.json()["status"], "denied");
    assert_eq!(service.events.count(EventKind::Denied), 1);
}
