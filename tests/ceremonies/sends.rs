//! O17, O18: how much is sent, and to whom.

use serde_json::{Value, json};
use stepup_authority::Limits;
use stepup_tests::Answer;
use stepup_tests::authority::{Setup, User};

use crate::scene::{JSON, is, said, send, setups};

stepup_tests::on_every_store!(o17_a_destination_a_user_and_a_prefix_are_sent_to_so_often);

pub(crate) fn seconds(answer: &Answer) -> u64 {
    assert_eq!(said(answer), is(429, "too-many-messages"));
    answer.headers["retry-after"].to_str().unwrap().parse().unwrap()
}

pub(crate) fn phone(number: &str) -> Value {
    json!({ "method": "sms", "phone": number })
}

async fn sends_are_capped(setup: Setup, starts: usize) {
    let limits = Limits::default().open_ceremonies(1000).sends_per_prefix(50);
    let service = setup.with(|builder| builder.limits(limits)).start().await;
    let sent = || service.outbox.sent().len();
    let alice = service.login("alice").await;
    let email = alice.enrol_email("alice@example.com").await;
    service.wait(600);
    let alice = service.login("alice").await;
    // One in 30 s, whatever is begun and asked.
    let mut ceremony = alice.begin_mfa().await.id;
    let before = sent();
    for start in 0..starts {
        if start % 1000 == 999 {
            alice.cancel(&ceremony).await;
            ceremony = alice.begin_mfa().await.id;
        }
        let answer = alice.prompt(&ceremony, &email).await;
        if answer.status != 200 {
            assert_eq!(seconds(&answer), 30);
        }
    }
    assert_eq!(sent() - before, 1);
    service.wait(29);
    assert_eq!(seconds(&alice.prompt(&ceremony, &email).await), 1);
    service.wait(1);
    assert_eq!(alice.prompt(&ceremony, &email).await.status, 200);
    service.wait(30);
    assert_eq!(alice.prompt(&ceremony, &email).await.status, 200);
    service.wait(30);
    // Three in ten minutes.
    assert_eq!(seconds(&alice.prompt(&ceremony, &email).await), 600 - 90);
    assert_eq!(sent() - before, 3);
    // Whichever ceremony or session it is for.
    let elsewhere = service.login("alice").await;
    let other = elsewhere.begin_mfa().await.id;
    assert_eq!(seconds(&elsewhere.prompt(&other, &email).await), 600 - 90);
    // Enrolments, which anybody can begin, are counted by themselves: two, and no third.
    let bob = service.login("bob").await;
    let same = || json!({ "method": "email", "email": "alice@EXAMPLE.com" });
    assert_eq!(bob.try_enrol(same()).await.status, 201);
    assert_eq!(seconds(&service.login("eve").await.try_enrol(same()).await), 30);
    service.wait(30);
    assert_eq!(bob.try_enrol(same()).await.status, 201);
    service.wait(30);
    for user in ["bob", "dave", "erin"] {
        let user = service.login(user).await;
        assert_eq!(seconds(&user.try_enrol(same()).await), 600 - 60);
    }
    assert_eq!(sent() - before, 5);

    // Twenty a day for a user: she had four.
    let carol = service.login("carol").await;
    for number in 0..20 {
        let number = format!("+49151{number:07}");
        assert_eq!(carol.try_enrol(phone(&number)).await.status, 201, "{number}");
    }
    let day = 24 * 60 * 60;
    assert_eq!(seconds(&carol.try_enrol(phone("+436641234567")).await), day);
    let mail = json!({ "method": "email", "email": "carol@example.com" });
    assert_eq!(seconds(&carol.try_enrol(mail).await), day, "by mail or by text");

    // Twenty-five enrolments a day for a prefix, half of all: 20 were hers.
    let to = async |user: &User<'_>, number: &str| user.try_enrol(phone(number)).await;
    for number in 0..5 {
        assert_eq!(to(&bob, &format!("+49171{number:07}")).await.status, 201);
    }
    let midnight = day - service.now() % day;
    for user in ["bob", "dave", "erin"] {
        let user = service.login(user).await;
        assert_eq!(seconds(&to(&user, "+491729999999").await), midnight);
    }
    assert_eq!(to(&bob, "+436641234567").await.status, 201, "another country");
    service.wait(midnight);
    let dave = service.login("dave").await;
    assert_eq!(to(&dave, "+491729999999").await.status, 201, "another day");
}

async fn o17_a_destination_a_user_and_a_prefix_are_sent_to_so_often(setup: Setup) {
    sends_are_capped(setup, 50).await;
}

#[tokio::test]
async fn o17_ten_thousand_starts_send_one_message() {
    for setup in setups() {
        sends_are_capped(setup, 10_000).await;
    }
}

/// A hundred users who all name one number; the third message is kept for whose it is (O30).
#[tokio::test]
async fn o17_a_hundred_users_send_two_messages_to_one_number() {
    for setup in setups() {
        let service = setup.start().await;
        let mut statuses = Vec::new();
        for user in 0..100 {
            let user = service.login(&format!("user{user}")).await;
            statuses.push(user.try_enrol(phone("+4915112345678")).await.status.as_u16());
            service.wait(5);
        }
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 2, "{statuses:?}");
        assert_eq!(service.outbox.sent().len(), 2);
    }
}

#[tokio::test]
async fn o18_what_is_no_single_address_is_no_address() {
    for setup in setups() {
        let service = setup.start().await;
        let alice = service.login("alice").await;
        let (own, eve) = ("alice@example.com", "eve@example.net");
        for email in [
            json!([own, eve]),
            json!([own]),
            json!({ "0": own, "1": eve }),
            json!(format!("{own},{eve}")),
            json!(format!("{own};{eve}")),
            json!(format!("{own} {eve}")),
            json!(format!("{own}\n{eve}")),
            json!(format!("{own}\r\nBcc: {eve}")),
            json!(format!("{own}\0{eve}")),
            json!(format!("<{own}>")),
            json!(format!("Alice <{own}>")),
            json!(format!("{own}%{eve}")),
            json!(format!("{eve}@example.com")),
            json!(null),
            json!(""),
        ] {
            // Each in a session of its own: what is no address counts as a beginning too.
            let alice = service.login("alice").await;
            let answer = alice.try_enrol(json!({ "method": "email", "email": email })).await;
            assert_eq!(said(&answer), is(422, "unfit-details"), "{email}");
        }
        let numbers =
            ["+49151123,+4917112", "+49 151 12345678", "+4915112345678\n", "004915112345"];
        for number in numbers {
            let answer = alice.try_enrol(phone(number)).await;
            assert_eq!(said(&answer), is(422, "unfit-details"), "{number}");
        }
        let twice = format!(r#"{{"method":"email","email":"{own}","email":"{eve}"}}"#);
        let page = ("POST", "/step-up/enrolments");
        let answer = send(&service, &alice, page, &[JSON], &twice).await;
        assert_eq!(said(&answer), is(400, "malformed-request"));
        assert!(service.outbox.sent().is_empty());
    }
}

/// The address is the enrolled one, whatever the request for the code says; and a factor that was
/// replaced meanwhile sends nothing any more, to neither address.
#[tokio::test]
async fn o18_a_code_goes_to_the_enrolled_address_alone() {
    for setup in setups() {
        let service = setup.start().await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        let strong = alice.step_up(&app).await;
        // The address that the enrolment began with is the one that it ends with.
        let begun = strong.enrol(json!({ "method": "email", "email": "alice@example.com" })).await;
        let path = format!("/step-up/enrolments/{}", begun["id"].as_str().unwrap());
        let code = service.outbox.last_code();
        let body = json!({ "code": code, "email": "eve@example.net", "method": "sms" });
        let enrolled = strong.call("POST", &path, &body).await.json();
        assert_eq!(enrolled["factor"]["hint"], "a…@example.com");
        assert_eq!(enrolled["factor"]["method"], "email");
        let email = enrolled["factor"]["id"].as_str().unwrap();
        service.wait(30);

        let ceremony = alice.begin_mfa().await.id;
        let path = format!("/step-up/ceremonies/{ceremony}/factors/{email}?email=eve@example.net");
        let body = json!({ "email": "eve@example.net", "to": ["eve@example.net"] }).to_string();
        let answer = send(&service, &alice, ("POST", &path), &[JSON], &body).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        let sent = service.outbox.sent();
        assert!(sent.iter().all(|sent| sent.to == "alice@example.com"), "{sent:?}");
        let code = service.outbox.last_code();

        // Replaced between the code and its answer.
        let new = json!({ "method": "email", "email": "alice@example.org", "replaces": email });
        strong.enrol_sent(new).await;
        let count = service.outbox.sent().len();
        assert_eq!(said(&alice.prompt(&ceremony, email).await), is(404, "no-such-factor"));
        let answer = alice.prove(&ceremony, email, &code).await;
        assert_eq!(said(&answer), is(404, "no-such-factor"));
        assert_eq!(service.outbox.sent().len(), count);
    }
}
