//! Yes, no, a wrong number, and too late.

use serde_json::json;
use stepup_authority::EventKind;
use stepup_authority::device::Refusal;
use stepup_tests::authority::Setup;

use crate::scene::{Asking, Phone, claims, is, problem, refused, start, token};

stepup_tests::on_every_store!(
    r_push_01_the_number_typed_on_the_device_steps_up
    o24_a_no_ends_the_ceremony_at_once
    r_push_01_a_wrong_number_ends_the_request
    r_otp_01_it_is_too_late_after_two_minutes
    r_push_02_a_new_request_voids_the_old
    an_answer_is_heard_however_often_it_is_asked_after
    iss_01_a_token_says_when_the_user_said_yes
);

async fn r_push_01_the_number_typed_on_the_device_steps_up(setup: Setup) {
    let service = start(setup).await;
    let alice = service.login("alice").await;
    let phone = Phone::of(&service, &alice, "Alice's telephone").await;
    assert!(phone.look().await.unwrap().is_empty());

    let begun = alice.begin_mfa().await;
    let offered = &begun.factors[0];
    assert_eq!(
        (&offered["method"], &offered["hint"], &offered["level"]),
        (&json!("push"), &json!("Alice's telephone"), &json!("mfa"))
    );
    let unasked = alice.prove_with(&begun.id, &json!({ "factor": phone.factor })).await;
    assert_eq!(problem(&unasked), is(409, "no-code-sent"));
    let prompt = alice.prompt(&begun.id, &phone.factor).await;
    let number = prompt.json()["prompt"]["number"].as_str().unwrap().to_owned();
    assert_eq!(prompt.json(), json!({ "prompt": { "number": number, "expires_in": 120 } }));
    assert!(number.len() == 6 && number.bytes().all(|byte| byte.is_ascii_digit()), "{number}");
    let asking = Asking { ceremony: begun.id, factor: phone.factor.clone(), number };
    for _ in 0..12 {
        assert_eq!(asking.poll(&alice).await.status, 202);
        service.wait(5);
    }

    let asked = phone.asked().await;
    assert_eq!((asked.account(), asked.client()), ("alice", Some("web")));
    assert_eq!(asked.purpose(), "Confirm that it is you, as a second factor after your login.");
    assert_eq!(asked.levels().collect::<Vec<_>>(), ["mfa", "phr", "phrh"]);
    assert_eq!((asked.browser(), asked.address()), (None, Some("Vienna")));
    assert_eq!(asked.asked_at().as_secs() + 60, service.now());
    assert_eq!(asked.expires_at().as_secs(), service.now() + 60);
    assert!(!format!("{asked:?}").contains(&asking.number), "the device is not told the number");
    assert_eq!(phone.type_in(&asked, &asking.number).await, Ok(()));
    assert!(phone.look().await.unwrap().is_empty());

    let stepped_up = token(&asking.poll(&alice).await);
    let claims = claims(&stepped_up);
    assert_eq!((&claims["acr"], &claims["amr"]), (&json!("mfa"), &json!(["swk", "mfa"])));
    let admitted = alice.with_token(&stepped_up).post("/mfa_fresh").await;
    assert_eq!((admitted.status.as_u16(), admitted.ran), (200, 1));
    assert_eq!(alice.with_token(&stepped_up).post("/phr").await.status, 401);
    assert_eq!(service.events.count(EventKind::Proved), 1);
    assert_eq!(service.events.count(EventKind::Failed), 0);
}

/// R-PUSH-02: before the client asks after it, and for good.
async fn o24_a_no_ends_the_ceremony_at_once(setup: Setup) {
    let service = start(setup).await;
    let alice = service.login("alice").await;
    let phone = Phone::of(&service, &alice, "Telephone").await;
    let asking = Asking::begin(&alice).await;
    let asked = phone.asked().await;
    assert_eq!(phone.say_no(&asked).await, Ok(()));
    assert_eq!(service.events.count(EventKind::Denied), 1);
    let event = service.events.all().pop().unwrap();
    assert_eq!((event.subject.as_str(), event.method.as_deref()), ("alice", Some("push")));
    assert_eq!(
        alice.state(&asking.ceremony).await.json(),
        json!({ "id": asking.ceremony, "status": "denied" })
    );
    assert_eq!(problem(&asking.poll(&alice).await), is(410, "ceremony-over"));
    // Nobody changes their mind, and no event comes twice.
    assert_eq!(phone.type_in(&asked, &asking.number).await, refused(Refusal::Answered));
    assert_eq!(phone.say_no(&asked).await, refused(Refusal::Answered));
    assert_eq!(problem(&asking.poll(&alice).await), is(410, "ceremony-over"));
    assert_eq!(service.events.count(EventKind::Denied), 1);
    assert_eq!(service.events.count(EventKind::Proved), 0);
    assert_eq!(alice.post("/mfa_fresh").await.status, 401);
}

async fn r_push_01_a_wrong_number_ends_the_request(setup: Setup) {
    let service = start(setup).await;
    let alice = service.login("alice").await;
    let phone = Phone::of(&service, &alice, "Telephone").await;
    let asking = Asking::begin(&alice).await;
    let asked = phone.asked().await;
    let wrong = phone.type_in(&asked, &asking.wrong_number()).await;
    assert_eq!(wrong, refused(Refusal::WrongNumber));
    // There is one attempt: the right one comes too late.
    assert_eq!(phone.type_in(&asked, &asking.number).await, refused(Refusal::Answered));
    assert_eq!(phone.say_no(&asked).await, refused(Refusal::Answered));
    assert!(phone.look().await.unwrap().is_empty());
    let answer = asking.poll(&alice).await;
    assert_eq!(problem(&answer), is(403, "wrong-answer"));
    assert_eq!(answer.json()["attempts_left"], 4);
    // It counts once.
    for _ in 0..5 {
        assert_eq!(problem(&asking.poll(&alice).await), is(409, "prompt-over"));
    }
    assert_eq!(service.events.count(EventKind::Failed), 1);
    let again = Asking::again(&alice, &asking.ceremony, &asking.factor).await;
    assert_eq!(phone.type_in(&phone.asked().await, &again.number).await, Ok(()));
    token(&again.poll(&alice).await);
}

async fn r_otp_01_it_is_too_late_after_two_minutes(setup: Setup) {
    let service = start(setup).await;
    let alice = service.login("alice").await;
    let phone = Phone::of(&service, &alice, "Telephone").await;
    let asking = Asking::begin(&alice).await;
    let asked = phone.asked().await;
    service.wait(119);
    assert_eq!(phone.asked().await, asked);
    assert_eq!(asking.poll(&alice).await.status, 202);
    service.wait(1);
    assert!(phone.look().await.unwrap().is_empty());
    assert_eq!(phone.type_in(&asked, &asking.number).await, refused(Refusal::Over));
    assert_eq!(phone.say_no(&asked).await, refused(Refusal::Over));
    assert_eq!(problem(&asking.poll(&alice).await), is(409, "prompt-over"));
    assert_eq!(service.events.count(EventKind::Failed), 0);
    let again = Asking::again(&alice, &asking.ceremony, &asking.factor).await;
    service.wait(119);
    assert_eq!(phone.type_in(&phone.asked().await, &again.number).await, Ok(()));
    // What was said in time is good for as long as the ceremony.
    service.wait(60);
    token(&again.poll(&alice).await);
}

async fn r_push_02_a_new_request_voids_the_old(setup: Setup) {
    let service = start(setup).await;
    let alice = service.login("alice").await;
    let phone = Phone::of(&service, &alice, "Telephone").await;
    let first = Asking::begin(&alice).await;
    let asked_first = phone.asked().await;
    let second = Asking::again(&alice, &first.ceremony, &first.factor).await;
    let asked = phone.asked().await;
    assert_ne!(asked.id(), asked_first.id());
    assert_eq!(phone.type_in(&asked_first, &first.number).await, refused(Refusal::Over));
    assert_eq!(second.poll(&alice).await.status, 202);
    // A number belongs to its request.
    if first.number != second.number {
        let other = phone.type_in(&asked, &first.number).await;
        assert_eq!(other, refused(Refusal::WrongNumber));
        assert_eq!(problem(&second.poll(&alice).await), is(403, "wrong-answer"));
    }
    // A no is one to the ceremony, whichever of its requests the user has before them.
    assert_eq!(phone.say_no(&asked_first).await, Ok(()));
    assert_eq!(alice.state(&first.ceremony).await.json()["status"], "denied");
    assert_eq!(service.events.count(EventKind::Proved), 0);
}

/// F3: the ceremony's own answer got lost.
async fn an_answer_is_heard_however_often_it_is_asked_after(setup: Setup) {
    let service = start(setup).await;
    let alice = service.login("alice").await;
    let phone = Phone::of(&service, &alice, "Telephone").await;
    let asking = Asking::begin(&alice).await;
    assert_eq!(phone.type_in(&phone.asked().await, &asking.number).await, Ok(()));
    let stepped_up = token(&asking.poll(&alice).await);
    assert_eq!(problem(&asking.poll(&alice).await), is(409, "ceremony-proved"));
    let state = alice.state(&asking.ceremony).await;
    assert_eq!(claims(&token(&state)), claims(&stepped_up));
    assert_eq!(service.events.count(EventKind::Proved), 1);
}

/// What is collected late is no younger for it.
async fn iss_01_a_token_says_when_the_user_said_yes(setup: Setup) {
    let service = start(setup).await;
    let alice = service.login("alice").await;
    let phone = Phone::of(&service, &alice, "Telephone").await;
    let asking = Asking::begin(&alice).await;
    assert_eq!(phone.type_in(&phone.asked().await, &asking.number).await, Ok(()));
    let said_at = service.now();
    service.wait(200);
    let claims = claims(&token(&asking.poll(&alice).await));
    assert_eq!(claims["auth_time"], said_at);
    assert_eq!(claims["iat"], said_at + 200);
    assert_eq!(claims["exp"], said_at + 300);

    let begun = alice.begin(json!({ "acr_values": "mfa", "max_age": 60 })).await;
    for (waited, status) in [(60, 409), (59, 200)] {
        let asking = Asking::again(&alice, &begun.id, &phone.factor).await;
        assert_eq!(phone.type_in(&phone.asked().await, &asking.number).await, Ok(()));
        service.wait(waited);
        let answer = asking.poll(&alice).await;
        assert_eq!(answer.status, status, "{}", answer.json());
        if status == 409 {
            assert_eq!(problem(&answer), is(409, "prompt-over"));
            assert_eq!(answer.json()["factors"], json!([]));
        }
    }
    assert_eq!(service.events.count(EventKind::Failed), 0);
    assert_eq!(service.events.count(EventKind::Proved), 2);
}
