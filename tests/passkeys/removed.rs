//! Keys that are known no longer, and what the browser is told.

use serde_json::{Value, json};

use crate::device::Device;
use crate::scene::{
    Asked, Browser, ORIGIN, bank, begin_enrolment, enrol, factors, finish_enrolment, setups,
    step_up,
};

#[tokio::test]
async fn what_the_browser_may_keep_is_all_that_the_user_has() {
    for setup in setups() {
        let service = bank(setup).await;
        let login = service.login("alice").await;
        let accepted = async |count: usize| {
            let signal = factors(&login).await["signals"]["webauthn"].clone();
            assert_eq!(signal["rpId"], "bank.example");
            let ids = signal["allAcceptedCredentialIds"].as_array().unwrap().clone();
            assert_eq!(ids.len(), count, "{signal}");
            (signal["userId"].clone(), ids)
        };
        let (user, _) = accepted(0).await;
        let mut phone = Device::new();
        let (id, options) = begin_enrolment(&login, "phone").await;
        assert_eq!(options["user"]["id"], user);
        let created = phone.create(ORIGIN, &options).await.unwrap();
        assert_eq!(finish_enrolment(&login, &id, &created).await.status, 201);
        assert_eq!(accepted(1).await.1, [created["id"].clone()]);
        let alice = login.with_token(&step_up(&login, &mut phone, "phr").await);
        let mut stick = Device::new();
        let stick_factor = enrol(&alice, &mut stick, "stick").await;
        accepted(2).await;

        let path = format!("/step-up/factors/{stick_factor}");
        let asked = Asked::begin(&login, "phr").await;
        let given = stick.get(ORIGIN, &asked.options).await.unwrap();
        assert_eq!(alice.call("DELETE", &path, &Value::Null).await.status, 204);
        assert_eq!(accepted(1).await, (user, vec![created["id"].clone()]));
        // It was asked for before it was removed, and proves nothing since.
        let mut other = asked.factor.clone();
        if other == stick_factor {
            let list = factors(&login).await;
            other = list["factors"][0]["id"].as_str().unwrap().to_owned();
        }
        let body = json!({ "factor": other, "credential": given });
        let answer = login.prove_with(&asked.ceremony, &body).await;
        assert_ne!(answer.status, 200, "{}", answer.json());
    }
}

/// To whoever does not know the user a handle says nothing, and each user has their own.
#[tokio::test]
async fn a_user_handle_is_no_name() {
    for setup in setups() {
        let service = bank(setup).await;
        let mut handles = Vec::new();
        for subject in ["alice", "bob", "alice"] {
            let user = service.login(subject).await;
            let (_, options) = begin_enrolment(&user, "phone").await;
            handles.push(options["user"]["id"].as_str().unwrap().to_owned());
        }
        assert_eq!((handles[0].len(), &handles[0]), (43, &handles[2]));
        assert_ne!(handles[0], handles[1]);
    }
}
