//! O24: nobody is asked until they give in.

use serde_json::json;
use stepup_authority::EventKind;
use stepup_authority::device::Refusal;
use stepup_tests::authority::Setup;

use crate::scene::{Asking, Phone, is, problem, refused, start, token, too_much};

stepup_tests::on_every_store!(
    o24_one_request_at_once
    o24_three_in_ten_minutes_since_the_last_success
    o24_nothing_is_asked_after_a_no
    o24_however_many_devices_there_are
    what_is_asked_too_often_leaves_other_factors
);

const TOO_OFTEN: &str = "too-many-messages";

fn too_often(seconds: u64) -> (u16, String, u64) {
    (429, TOO_OFTEN.to_owned(), seconds)
}

async fn o24_one_request_at_once(setup: Setup) {
    let service = start(setup).await;
    let alice = service.login("alice").await;
    let phone = Phone::of(&service, &alice, "Telephone").await;
    let elsewhere = service.login("alice").await;
    let asking = Asking::begin(&alice).await;
    let asked = phone.asked().await;
    service.wait(20);
    assert_eq!(too_much(&elsewhere).await, too_often(100));
    assert_eq!(phone.asked().await, asked);
    assert_eq!(phone.type_in(&asked, &asking.number).await, Ok(()));
    // Until whoever asked has heard it, no other request may take its place.
    assert_eq!(too_much(&elsewhere).await, too_often(100));
    token(&asking.poll(&alice).await);
    let other = Asking::begin(&elsewhere).await;
    assert_eq!(phone.type_in(&phone.asked().await, &other.number).await, Ok(()));
    token(&other.poll(&elsewhere).await);
}

async fn o24_three_in_ten_minutes_since_the_last_success(setup: Setup) {
    let service = start(setup).await;
    let alice = service.login("alice").await;
    let phone = Phone::of(&service, &alice, "Telephone").await;
    let first = Asking::begin(&alice).await;
    for _ in 0..2 {
        service.wait(10);
        Asking::again(&alice, &first.ceremony, &first.factor).await;
    }
    let asked = phone.asked().await;
    service.wait(10);
    let refusal = alice.prompt(&first.ceremony, &first.factor).await;
    assert_eq!(problem(&refusal), is(429, TOO_OFTEN));
    assert_eq!(refusal.headers["retry-after"], "570");
    // What was asked before is void all the same: no answer to it could be heard.
    assert_eq!(phone.type_in(&asked, &first.number).await, refused(Refusal::Over));
    let elsewhere = service.login("alice").await;
    assert_eq!(too_much(&elsewhere).await, too_often(570));
    service.wait(569);
    assert_eq!(too_much(&elsewhere).await, too_often(1));
    service.wait(1);
    let asking = Asking::begin(&elsewhere).await;
    assert_eq!(phone.type_in(&phone.asked().await, &asking.number).await, Ok(()));
    token(&asking.poll(&elsewhere).await);
    // A success forgets them.
    let ceremony = elsewhere.begin_mfa().await;
    for _ in 0..3 {
        Asking::again(&elsewhere, &ceremony.id, &phone.factor).await;
    }
    assert_eq!(elsewhere.prompt(&ceremony.id, &phone.factor).await.status, 429);
}

async fn o24_nothing_is_asked_after_a_no(setup: Setup) {
    let service = start(setup).await;
    let first = service.login("alice").await;
    let phone = Phone::of(&service, &first, "Telephone").await;
    for (times, cool_down) in [(1, 300), (2, 600), (3, 1200), (4, 2400), (5, 3600), (6, 3600)] {
        let alice = service.login("alice").await;
        let asking = Asking::begin(&alice).await;
        assert_eq!(phone.say_no(&phone.asked().await).await, Ok(()));
        assert_eq!(service.events.count(EventKind::Denied), times);
        assert_eq!(alice.state(&asking.ceremony).await.json()["status"], "denied");
        assert_eq!(too_much(&alice).await, too_often(cool_down), "{times}");
        assert!(phone.look().await.unwrap().is_empty());
        service.wait(cool_down - 1);
        let alice = service.login("alice").await;
        assert_eq!(too_much(&alice).await, too_often(1), "{times}");
        service.wait(1);
        // That it was refused is no offence of the user's.
        assert_eq!(service.events.count(EventKind::Failed), 0);
    }
    let alice = service.login("alice").await;
    let asking = Asking::begin(&alice).await;
    assert_eq!(phone.type_in(&phone.asked().await, &asking.number).await, Ok(()));
    token(&asking.poll(&alice).await);
}

/// With a second device a user is asked no oftener.
async fn o24_however_many_devices_there_are(setup: Setup) {
    let service = start(setup).await;
    let alice = service.login("alice").await;
    let phone = Phone::of(&service, &alice, "Telephone").await;
    let asking = Asking::begin(&alice).await;
    assert_eq!(phone.type_in(&phone.asked().await, &asking.number).await, Ok(()));
    let stepped_up = alice.with_token(&token(&asking.poll(&alice).await));
    let tablet = Phone::of(&service, &stepped_up, "Tablet").await;
    assert_eq!(
        stepped_up.get("/step-up/factors").await.json()["factors"].as_array().unwrap().len(),
        2
    );

    let alice = service.login("alice").await;
    let elsewhere = service.login("alice").await;
    let first = alice.begin_mfa().await;
    let second = elsewhere.begin_mfa().await;
    let asking = Asking::again(&alice, &first.id, &phone.factor).await;
    let refusal = elsewhere.prompt(&second.id, &tablet.factor).await;
    assert_eq!(problem(&refusal), is(429, TOO_OFTEN));
    assert!(tablet.look().await.unwrap().is_empty());
    assert_eq!(phone.say_no(&phone.asked().await).await, Ok(()));
    let refusal = elsewhere.prompt(&second.id, &tablet.factor).await;
    assert_eq!(problem(&refusal), is(429, TOO_OFTEN));
    assert_eq!(asking.poll(&alice).await.status, 410);
    // And then either will do, whichever is asked.
    service.wait(300);
    let asking = Asking::again(&elsewhere, &second.id, &tablet.factor).await;
    assert!(phone.look().await.unwrap().is_empty());
    assert_eq!(tablet.type_in(&tablet.asked().await, &asking.number).await, Ok(()));
    token(&asking.poll(&elsewhere).await);
}

/// O30: another factor is named, and can be used.
async fn what_is_asked_too_often_leaves_other_factors(setup: Setup) {
    let service = start(setup).await;
    let alice = service.login("alice").await;
    let app = alice.enrol_totp().await;
    let stepped_up = alice.step_up(&app).await;
    let phone = Phone::of(&service, &stepped_up, "Telephone").await;
    Asking::begin(&alice).await;
    assert_eq!(phone.say_no(&phone.asked().await).await, Ok(()));
    let begun = alice.begin_mfa().await;
    let refusal = alice.prompt(&begun.id, &phone.factor).await;
    assert_eq!(problem(&refusal), is(429, TOO_OFTEN));
    let others = refusal.json()["factors"].clone();
    assert_eq!(others[0]["method"], json!("totp"));
    token(&alice.prove(&begun.id, &app.factor, &app.code(service.now())).await);
}
