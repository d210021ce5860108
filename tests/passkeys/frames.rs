//! O23: pages that have the bank in a frame.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use stepup_tests::authority::Service;

use crate::device::Device;
use crate::scene::{
    Asked, Browser, ORIGIN, bank, begin_enrolment, enrol, finish_enrolment, keys, setups, with,
};

/// The status that each of these comes to.
async fn said(service: &Service, subject: &str, more: &str) -> u16 {
    let user = service.login(subject).await;
    let mut phone = Device::new();
    enrol(&user, &mut phone, "phone").await;
    let asked = Asked::begin(&user, "phr").await;
    let given = phone.sign("bank.example", &asked.id(), &asked.client_data(ORIGIN, more)).await;
    asked.answer(&user, &given).await.status.as_u16()
}

const IN_A_FRAME: &str = r#","crossOrigin":true"#;
const OF_A_SHOP: &str = r#","crossOrigin":true,"topOrigin":"https://shop.example""#;
const OF_EVIL: &str = r#","crossOrigin":true,"topOrigin":"https://evil.example""#;
const TOP_ALONE: &str = r#","topOrigin":"https://shop.example""#;

#[tokio::test]
async fn o23_an_answer_from_a_frame_is_wrong_unless_allowed() {
    for setup in setups() {
        let service = bank(setup).await;
        for (at, more) in [IN_A_FRAME, OF_A_SHOP, OF_EVIL, TOP_ALONE].into_iter().enumerate() {
            assert_eq!(said(&service, &format!("user {at}"), more).await, 403, "{more}");
        }
        assert_eq!(said(&service, "last", r#","crossOrigin":false"#).await, 200);
    }
    for setup in setups() {
        let keys = keys().within_frames_of(["https://shop.example"]).unwrap();
        let service = setup.with(with(keys)).start().await;
        for (at, (more, status)) in
            [(IN_A_FRAME, 403), (OF_A_SHOP, 200), (OF_EVIL, 403), (TOP_ALONE, 403), ("", 200)]
                .into_iter()
                .enumerate()
        {
            assert_eq!(said(&service, &format!("user {at}"), more).await, status, "{more}");
        }
    }
}

/// Whoever is let in: what the user sees around it is not the bank's to say.
#[tokio::test]
async fn o23_no_key_is_enrolled_from_a_frame() {
    for setup in setups() {
        let keys = keys().within_frames_of(["https://shop.example"]).unwrap();
        let service = setup.with(with(keys)).start().await;
        let alice = service.login("alice").await;
        let (id, options) = begin_enrolment(&alice, "phone").await;
        let mut created = Device::new().create(ORIGIN, &options).await.unwrap();
        let challenge = options["challenge"].as_str().unwrap();
        let kind = "webauthn.create";
        for (more, status) in [(IN_A_FRAME, 403), (OF_A_SHOP, 403), (TOP_ALONE, 403), ("", 201)] {
            let said = format!(
                r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{ORIGIN}"{more}}}"#
            );
            created["response"]["clientDataJSON"] = URL_SAFE_NO_PAD.encode(said).into();
            let answer = finish_enrolment(&alice, &id, &created).await;
            assert_eq!(answer.status, status, "{more}");
        }
    }
}

/// Of a member that stands twice each reader would take another.
#[tokio::test]
async fn o23_two_answers_to_whether_it_is_a_frame_are_none() {
    for setup in setups() {
        let service = bank(setup).await;
        let twice = r#","crossOrigin":true,"crossOrigin":false"#;
        assert_eq!(said(&service, "alice", twice).await, 400);
    }
}
