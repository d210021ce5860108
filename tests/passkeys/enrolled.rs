//! How keys come to be a user's.

use serde_json::json;
use stepup_authority::EventKind;

use crate::device::Device;
use crate::scene::{
    Browser, ORIGIN, bank, begin_enrolment, enrol, factors, finish_enrolment, is_wrong, problem,
    setups, step_up,
};

/// O19, O20: what made one key makes no other, nor the same again.
#[tokio::test]
async fn o20_a_registration_is_good_once() {
    for setup in setups() {
        let service = bank(setup).await;
        let alice = service.login("alice").await;
        let mut phone = Device::new();
        let (id, options) = begin_enrolment(&alice, "phone").await;
        let (other, _) = begin_enrolment(&alice, "other").await;
        let created = phone.create(ORIGIN, &options).await.unwrap();
        let elsewhere = finish_enrolment(&alice, &other, &created).await;
        assert!(is_wrong(&elsewhere), "{}", elsewhere.json());
        assert_eq!(finish_enrolment(&alice, &id, &created).await.status, 201);
        let again = finish_enrolment(&alice, &id, &created).await;
        assert_ne!(again.status, 201, "{}", again.json());
        let bob = service.login("bob").await;
        let (of_bob, _) = begin_enrolment(&bob, "phone").await;
        assert!(is_wrong(&finish_enrolment(&bob, &of_bob, &created).await));
        assert_eq!(factors(&alice).await["factors"].as_array().unwrap().len(), 1);
        assert_eq!(factors(&bob).await["factors"], json!([]));
        assert_eq!(service.events.count(EventKind::Enrolled), 1);
    }
}

#[tokio::test]
async fn o19_o21_a_registration_for_another_page_or_without_verification_is_wrong() {
    for setup in setups() {
        let service = bank(setup).await;
        let alice = service.login("alice").await;
        let (id, mut options) = begin_enrolment(&alice, "phone").await;
        let below = Device::new().create("https://login.bank.example", &options).await.unwrap();
        assert!(is_wrong(&finish_enrolment(&alice, &id, &below).await));
        // A page of somebody's own, who hands on what it was asked.
        let mut phished = options.clone();
        phished["rp"]["id"] = "evil.example".into();
        let phished = Device::new().create("https://evil.example", &phished).await.unwrap();
        assert!(is_wrong(&finish_enrolment(&alice, &id, &phished).await));

        options["authenticatorSelection"]["userVerification"] = "discouraged".into();
        let mut nobodys = Device::new().copied_unverified();
        let unverified = nobodys.create(ORIGIN, &options).await.unwrap();
        assert!(is_wrong(&finish_enrolment(&alice, &id, &unverified).await));
        assert_eq!(service.events.count(EventKind::Enrolled), 0);
    }
}

#[tokio::test]
async fn a_device_makes_no_second_key_for_a_user() {
    for setup in setups() {
        let service = bank(setup).await;
        let login = service.login("alice").await;
        let mut phone = Device::new();
        enrol(&login, &mut phone, "phone").await;
        let alice = login.with_token(&step_up(&login, &mut phone, "phr").await);
        let (id, mut options) = begin_enrolment(&alice, "phone again").await;
        assert_eq!(options["excludeCredentials"].as_array().unwrap().len(), 1);
        assert!(phone.create(ORIGIN, &options).await.is_err());
        // Where the page leaves the list out, it makes another key.
        options["excludeCredentials"] = json!([]);
        let key = phone.keys().keys().next().unwrap().clone();
        let mut created = phone.create(ORIGIN, &options).await.unwrap();
        let other = created["rawId"].as_str().unwrap().to_owned();
        let own = base64::Engine::encode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, &key);
        assert_ne!(other, own);
        // What is around the key says that it is another.
        for said in [own, "AAAAAAAAAAAAAAAAAAAAAA".to_owned()] {
            created["id"] = said.clone().into();
            created["rawId"] = said.into();
            assert!(is_wrong(&finish_enrolment(&alice, &id, &created).await));
        }
    }
}

/// §7.1 step 26: an authenticator that signs two challenges with one key has enrolled it once.
#[tokio::test]
async fn o23_a_key_is_enrolled_once_however_many_enrolments_go_on() {
    for setup in setups() {
        let service = bank(setup).await;
        let alice = service.login("alice").await;
        let mut phone = Device::new();
        let (id, options) = begin_enrolment(&alice, "phone").await;
        let (other, options_of_other) = begin_enrolment(&alice, "twin").await;
        let created = phone.create(ORIGIN, &options).await.unwrap();
        let challenge = options_of_other["challenge"].as_str().unwrap();
        let client_data = format!(
            r#"{{"type":"webauthn.create","challenge":"{challenge}","origin":"{ORIGIN}"}}"#
        );
        let mut twin = created.clone();
        twin["response"]["clientDataJSON"] =
            base64::Engine::encode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, client_data).into();
        let (one, two) = tokio::join!(
            finish_enrolment(&alice, &id, &created),
            finish_enrolment(&alice, &other, &twin)
        );
        let statuses = [one.status.as_u16(), two.status.as_u16()];
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
        for (id, created) in [(&id, &created), (&other, &twin)] {
            assert_ne!(finish_enrolment(&alice, id, created).await.status, 201);
        }
        assert!(is_wrong(&finish_enrolment(&alice, &other, &twin).await));
        assert_eq!(factors(&alice).await["factors"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_name_is_short_and_no_answer_is_none() {
    for setup in setups() {
        let service = bank(setup).await;
        let alice = service.login("alice").await;
        for name in [json!("x".repeat(65)), json!("a\nb"), json!(7)] {
            let answer = alice.try_enrol(json!({ "method": "webauthn", "name": name })).await;
            assert_eq!(problem(&answer), (422, "unfit-details".to_owned()), "{name}");
        }
        let (id, _) = begin_enrolment(&alice, "phone").await;
        for credential in [json!(null), json!({}), json!("credential")] {
            let answer = finish_enrolment(&alice, &id, &credential).await;
            assert_eq!(problem(&answer), (400, "malformed-answer".to_owned()));
        }
    }
}

/// What is kept comes from the user's own device.
#[tokio::test]
async fn r_bind_01_nobody_enrols_a_key_for_the_user() {
    for setup in setups() {
        let service = bank(setup).await;
        let enrolled = service.authority.enrol_for("alice", "webauthn", &json!({})).await;
        let error = enrolled.unwrap_err().to_string();
        assert!(error.contains("only the user can enrol it"), "{error}");
    }
}
