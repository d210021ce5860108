//! Requests that nobody waits for any more: taken back, counted, and still to be said no to (O24).

use std::time::Duration;

use stepup_authority::EventKind;
use stepup_authority::device::Refusal;
use stepup_tests::authority::Setup;

use crate::scene::{Asking, Phone, is, problem, refused, start, token, too_much};

stepup_tests::on_every_store!(
    o24_who_gives_up_leaves_nothing_on_the_device
    o24_another_instance_finds_the_way_free
    o24_another_factor_takes_the_request_back
    o24_an_approval_that_came_too_late_is_in_nobodys_way
    o24_who_gives_up_asks_no_oftener
    o24_a_no_is_heard_of_a_request_that_was_taken_back
    o24_a_no_is_heard_after_another_factor
);

const TOO_OFTEN: &str = "too-many-messages";

/// What is taken back beside an answer is gone soon.
async fn is_gone_soon(phone: &Phone<'_>) {
    let gone = async {
        while !phone.look().await.unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(1), gone).await.unwrap();
}

async fn o24_who_gives_up_leaves_nothing_on_the_device(setup: Setup) {
    let service = start(setup).await;
    let alice = service.login("alice").await;
    let phone = Phone::of(&service, &alice, "Telephone").await;
    let given_up = Asking::begin(&alice).await;
    let asked = phone.asked().await;
    assert_eq!(alice.cancel(&given_up.ceremony).await.status, 204);
    assert!(phone.look().await.unwrap().is_empty());
    for number in [&given_up.number, &given_up.wrong_number()] {
        assert_eq!(phone.type_in(&asked, number).await, refused(Refusal::Over));
    }
    assert_eq!(problem(&given_up.poll(&alice).await), is(410, "ceremony-over"));
    assert_eq!(alice.state(&given_up.ceremony).await.json()["status"], "cancelled");
    // Whoever begins anew is asked at once.
    let asking = Asking::begin(&alice).await;
    // What was given up can be given up again, and takes nothing else back.
    assert_eq!(alice.cancel(&given_up.ceremony).await.status, 204);
    assert_eq!(phone.type_in(&phone.asked().await, &asking.number).await, Ok(()));
    token(&asking.poll(&alice).await);
    assert_eq!(service.events.count(EventKind::Denied), 0);
}

async fn o24_another_instance_finds_the_way_free(setup: Setup) {
    let (store, clock, framework) = (setup.store.clone(), setup.clock.clone(), setup.framework);
    let service = start(setup).await;
    let other = start(Setup::new(framework).store(store).clock(clock)).await;
    let alice = service.login("alice").await;
    let phone = Phone::of(&service, &alice, "Telephone").await;
    let given_up = Asking::begin(&alice).await;
    let alice_there = other.login("alice").await;
    assert_eq!(too_much(&alice_there).await, (429, TOO_OFTEN.to_owned(), 120));
    let cancelled = alice_there.with_token(&alice.token).cancel(&given_up.ceremony).await;
    assert_eq!(cancelled.status, 204);
    let asking = Asking::begin(&alice_there).await;
    assert_eq!(phone.type_in(&phone.asked().await, &asking.number).await, Ok(()));
    token(&asking.poll(&alice_there).await);
}

async fn o24_another_factor_takes_the_request_back(setup: Setup) {
    let service = start(setup).await;
    let alice = service.login("alice").await;
    let app = alice.enrol_totp().await;
    let phone = Phone::of(&service, &alice.step_up(&app).await, "Telephone").await;
    let asking = Asking::begin(&alice).await;
    let asked = phone.asked().await;
    // A wrong answer ends nothing.
    let wrong = alice.prove(&asking.ceremony, &app.factor, "000000").await;
    assert_eq!(problem(&wrong), is(403, "wrong-answer"));
    assert_eq!(phone.asked().await, asked);
    token(&alice.prove(&asking.ceremony, &app.factor, &app.code(service.now())).await);
    is_gone_soon(&phone).await;
    assert_eq!(phone.type_in(&asked, &asking.number).await, refused(Refusal::Over));
    let asking = Asking::begin(&service.login("alice").await).await;
    assert_eq!(phone.type_in(&phone.asked().await, &asking.number).await, Ok(()));
}

async fn o24_an_approval_that_came_too_late_is_in_nobodys_way(setup: Setup) {
    let service = start(setup).await;
    let alice = service.login("alice").await;
    let phone = Phone::of(&service, &alice, "Telephone").await;
    let given_up = Asking::begin(&alice).await;
    assert_eq!(phone.type_in(&phone.asked().await, &given_up.number).await, Ok(()));
    assert_eq!(alice.cancel(&given_up.ceremony).await.status, 204);
    assert_eq!(problem(&given_up.poll(&alice).await), is(410, "ceremony-over"));
    let asking = Asking::begin(&alice).await;
    // Nor does it count for another ceremony.
    assert_eq!(asking.poll(&alice).await.status, 202);
    assert_eq!(phone.type_in(&phone.asked().await, &asking.number).await, Ok(()));
    token(&asking.poll(&alice).await);
}

async fn o24_who_gives_up_asks_no_oftener(setup: Setup) {
    let service = start(setup).await;
    let alice = service.login("alice").await;
    let _phone = Phone::of(&service, &alice, "Telephone").await;
    for _ in 0..3 {
        let session = service.login("alice").await;
        let asking = Asking::begin(&session).await;
        assert_eq!(session.cancel(&asking.ceremony).await.status, 204);
        service.wait(10);
    }
    for seconds in [570, 569] {
        assert_eq!(too_much(&alice).await, (429, TOO_OFTEN.to_owned(), seconds));
        service.wait(1);
    }
    service.wait(568);
    let asking = Asking::begin(&alice).await;
    assert_eq!(alice.cancel(&asking.ceremony).await.status, 204);
    assert_eq!(too_much(&alice).await.2, 10);
}

/// Else who asks would give up before the user has said no, and ask again.
async fn o24_a_no_is_heard_of_a_request_that_was_taken_back(setup: Setup) {
    let service = start(setup).await;
    let alice = service.login("alice").await;
    let phone = Phone::of(&service, &alice, "Telephone").await;
    let attacker = service.login("alice").await;
    let asking = Asking::begin(&attacker).await;
    let asked = phone.asked().await;
    assert_eq!(attacker.cancel(&asking.ceremony).await.status, 204);
    let again = Asking::begin(&attacker).await;
    assert_eq!(phone.say_no(&asked).await, Ok(()));
    assert_eq!(service.events.count(EventKind::Denied), 1);
    assert_eq!(attacker.state(&asking.ceremony).await.json()["status"], "cancelled");
    assert_eq!(phone.say_no(&asked).await, refused(Refusal::Over));
    assert_eq!(service.events.count(EventKind::Denied), 1);
    // What is asked now is another question, with an answer of its own.
    assert_eq!(attacker.state(&again.ceremony).await.json()["status"], "pending");
    assert_eq!(attacker.cancel(&again.ceremony).await.status, 204);
    assert_eq!(too_much(&alice).await, (429, TOO_OFTEN.to_owned(), 300));
}

async fn o24_a_no_is_heard_after_another_factor(setup: Setup) {
    let service = start(setup).await;
    let alice = service.login("alice").await;
    let app = alice.enrol_totp().await;
    let phone = Phone::of(&service, &alice.step_up(&app).await, "Telephone").await;
    let asking = Asking::begin(&alice).await;
    let asked = phone.asked().await;
    token(&alice.prove(&asking.ceremony, &app.factor, &app.code(service.now())).await);
    assert_eq!(phone.say_no(&asked).await, Ok(()));
    assert_eq!(service.events.count(EventKind::Denied), 1);
    assert_eq!(alice.state(&asking.ceremony).await.json()["status"], "verified");
    assert_eq!(too_much(&alice).await.2, 300);
}
