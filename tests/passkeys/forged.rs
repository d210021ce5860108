//! Answers that somebody else gives, or gives again.

use serde_json::{Value, json};
use stepup_authority::EventKind;
use stepup_tests::authority::{Service, User};

use crate::device::Device;
use crate::scene::{Asked, Browser, ORIGIN, bank, enrol, is_wrong, problem, setups, token};

async fn with_phone<'a>(service: &'a Service, subject: &str) -> (User<'a>, Device) {
    let user = service.login(subject).await;
    let mut phone = Device::new();
    enrol(&user, &mut phone, "phone").await;
    (user, phone)
}

/// O19 and R-WA-01, each with a genuine signature over what is wrong.
#[tokio::test]
async fn o19_r_wa_01_what_was_signed_for_something_else_is_wrong() {
    for setup in setups() {
        let service = bank(setup).await;
        for (at, (what, origin, rp_id)) in [
            ("another page of the domain", "https://login.bank.example", "bank.example"),
            ("a page of another port", "https://bank.example:8443", "bank.example"),
            ("a path", "https://bank.example/login", "bank.example"),
            ("somebody's own page", "https://evil.example", "evil.example"),
            ("their origin alone", "https://evil.example", "bank.example"),
            ("their relying party alone", ORIGIN, "evil.example"),
        ]
        .into_iter()
        .enumerate()
        {
            let (user, mut phone) = with_phone(&service, &format!("user {at}")).await;
            let asked = Asked::begin(&user, "phr").await;
            let said = asked.client_data(origin, r#","crossOrigin":false"#);
            let given = phone.sign(rp_id, &asked.id(), &said).await;
            assert!(is_wrong(&asked.answer(&user, &given).await), "{what}");
            // The same without it.
            let said = asked.client_data(ORIGIN, r#","crossOrigin":false"#);
            let given = phone.sign("bank.example", &asked.id(), &said).await;
            token(&asked.answer(&user, &given).await);
        }
        let (user, mut phone) = with_phone(&service, "typed").await;
        let asked = Asked::begin(&user, "phr").await;
        let made = asked.client_data(ORIGIN, "").replace("webauthn.get", "webauthn.create");
        let given = phone.sign("bank.example", &asked.id(), &made).await;
        assert!(is_wrong(&asked.answer(&user, &given).await), "signed for an enrolment");
    }
}

/// What a browser in front of a genuine authenticator does on somebody's page that hands on what
/// the bank asks.
#[tokio::test]
async fn r_wa_01_a_page_in_between_gets_nothing() {
    for setup in setups() {
        let service = bank(setup).await;
        let (user, mut phone) = with_phone(&service, "alice").await;
        let asked = Asked::begin(&user, "phr").await;
        assert!(phone.get("https://evil.example", &asked.options).await.is_err(), "the browser");
        let mut options = asked.options.clone();
        options["rpId"] = "evil.example".into();
        let given = phone.get("https://evil.example", &options).await.unwrap();
        assert!(is_wrong(&asked.answer(&user, &given).await));
        let given = phone.get("https://login.bank.example", &asked.options).await.unwrap();
        assert!(is_wrong(&asked.answer(&user, &given).await));
    }
}

#[tokio::test]
async fn o19_an_answer_that_was_altered_is_wrong() {
    for setup in setups() {
        let service = bank(setup).await;
        for (at, (pointer, value)) in [
            ("/type", json!("password")),
            ("/id", json!("AAAAAAAAAAAAAAAAAAAAAA")),
            ("/rawId", json!("AAAAAAAAAAAAAAAAAAAAAA")),
            ("/response/signature", json!("MAYCAQECAQE")),
            ("/response/signature", json!("")),
            ("/response/authenticatorData", json!("AAAA")),
            ("/response/userHandle", json!("Ym9i")),
            ("/response", Value::Null),
        ]
        .into_iter()
        .enumerate()
        {
            let (user, mut phone) = with_phone(&service, &format!("user {at}")).await;
            let asked = Asked::begin(&user, "phr").await;
            let mut given = phone.get(ORIGIN, &asked.options).await.unwrap();
            *given.pointer_mut(pointer).unwrap() = value;
            let (status, problem) = problem(&asked.answer(&user, &given).await);
            let is_refused = [(403, "wrong-answer"), (400, "malformed-answer")];
            assert!(
                is_refused.contains(&(status, problem.as_str())),
                "{pointer} {status} {problem}"
            );
        }
        assert_eq!(service.events.count(EventKind::Proved), 0);
    }
}

#[tokio::test]
async fn o20_an_answer_is_good_once_and_for_the_last_question() {
    for setup in setups() {
        let service = bank(setup).await;
        let (user, mut phone) = with_phone(&service, "alice").await;
        let asked = Asked::begin(&user, "phr").await;
        let given = phone.get(ORIGIN, &asked.options).await.unwrap();
        token(&asked.answer(&user, &given).await);
        let again = asked.answer(&user, &given).await;
        assert_ne!(again.status, 200, "{}", again.json());
        let other = Asked::begin(&user, "phr").await;
        assert!(is_wrong(&other.answer(&user, &given).await));
        // Asked anew, it takes no answer to what it asked before.
        let before = phone.get(ORIGIN, &other.options).await.unwrap();
        let Asked { ceremony, factor, options } = other;
        let anew = Asked::again(&user, ceremony, factor).await;
        assert_ne!(anew.options["challenge"], options["challenge"]);
        assert!(is_wrong(&anew.answer(&user, &before).await));
        let given = phone.get(ORIGIN, &anew.options).await.unwrap();
        token(&anew.answer(&user, &given).await);
    }
}

/// The key counts nothing, so that nothing but the ceremony keeps the answer from being right twice.
#[tokio::test]
async fn o20_of_one_answer_sent_many_times_at_once_one_is_right() {
    for setup in setups() {
        let service = bank(setup).await;
        let (user, mut phone) = with_phone(&service, "alice").await;
        let asked = Asked::begin(&user, "phr").await;
        let given = phone.get(ORIGIN, &asked.options).await.unwrap();
        let answers = (0..4).map(|_| asked.answer(&user, &given));
        let answers = futures_util::future::join_all(answers).await;
        let tokens: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
        assert!(!tokens.is_empty());
        let first = tokens[0].json()["access_token"].clone();
        // The first may be told again to who lost it; another there is not.
        assert!(tokens.iter().all(|answer| answer.json()["access_token"] == first));
        assert_eq!(service.events.count(EventKind::Proved), 1);
    }
}

#[tokio::test]
async fn o20_an_answer_that_nothing_was_asked_for_is_none() {
    for setup in setups() {
        let service = bank(setup).await;
        let (user, mut phone) = with_phone(&service, "alice").await;
        let asked = Asked::begin(&user, "phr").await;
        let given = phone.get(ORIGIN, &asked.options).await.unwrap();
        let unasked = user.begin(json!({ "acr_values": "phr" })).await;
        let body = json!({ "factor": unasked.factor("webauthn"), "credential": given });
        let answer = user.prove_with(&unasked.id, &body).await;
        assert_eq!(answer.status, 409, "{}", answer.json());
    }
}

/// O21, R-WA-02: the page may leave out what was wanted, and the answer is genuine.
#[tokio::test]
async fn o21_an_answer_without_verification_is_wrong() {
    for setup in setups() {
        let service = bank(setup).await;
        let (user, phone) = with_phone(&service, "alice").await;
        let asked = Asked::begin(&user, "phr").await;
        let mut taken = phone.copied_unverified();
        assert!(taken.get(ORIGIN, &asked.options).await.is_err(), "the device itself");
        let mut options = asked.options.clone();
        options["userVerification"] = "discouraged".into();
        let given = taken.get(ORIGIN, &options).await.unwrap();
        assert!(is_wrong(&asked.answer(&user, &given).await));
        let given = phone.copied().get(ORIGIN, &options).await.unwrap();
        token(&asked.answer(&user, &given).await);
    }
}

/// O22, R-WA-03.
#[tokio::test]
async fn o22_another_users_key_is_wrong() {
    for setup in setups() {
        let service = bank(setup).await;
        let (alice, mut phone_of_alice) = with_phone(&service, "alice").await;
        let (bob, mut phone_of_bob) = with_phone(&service, "bob").await;
        let of_bob = Asked::begin(&bob, "phr").await;
        let asked = Asked::begin(&alice, "phr").await;
        let mut options = asked.options.clone();
        options["allowCredentials"] = of_bob.options["allowCredentials"].clone();
        let mut given = phone_of_bob.get(ORIGIN, &options).await.unwrap();
        assert!(is_wrong(&asked.answer(&alice, &given).await));
        given["response"]["userHandle"] = Value::Null;
        assert!(is_wrong(&asked.answer(&alice, &given).await));
        // Bob's factor is none of Alice's, and her session is not his.
        let given = phone_of_bob.get(ORIGIN, &of_bob.options).await.unwrap();
        let in_hers = json!({ "factor": of_bob.factor, "credential": given });
        assert_eq!(alice.prove_with(&asked.ceremony, &in_hers).await.status, 404);
        let in_his = json!({ "factor": of_bob.factor, "credential": given });
        assert_eq!(alice.prove_with(&of_bob.ceremony, &in_his).await.status, 404);
        token(&of_bob.answer(&bob, &given).await);
        let given = phone_of_alice.get(ORIGIN, &asked.options).await.unwrap();
        token(&asked.answer(&alice, &given).await);
    }
}
