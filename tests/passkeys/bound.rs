//! Keys that never leave their hardware, on the word of their maker (R-WA-05).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use stepup_authority::factor::WebAuthn;
use stepup_tests::authority::{Maker, SecurityKey, User};

use crate::device::Device;
use crate::scene::{
    Asked, ORIGIN, begin_enrolment, enrol, finish_enrolment, is_wrong, keys, problem, setups,
    step_up, token, with,
};

async fn enrol_stick(user: &User<'_>, stick: &SecurityKey, maker: &Maker) {
    let (id, options) = begin_enrolment(user, "stick").await;
    assert_eq!(options["attestation"], "direct");
    let answer = finish_enrolment(user, &id, &stick.create(maker, &options)).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
}

fn trusting(maker: &Maker) -> WebAuthn {
    keys().trusting(maker.root(), [Maker::MODEL]).unwrap()
}

#[tokio::test]
async fn r_wa_05_an_attested_key_that_cannot_be_copied_reaches_phrh() {
    for setup in setups() {
        let maker = Maker::of_vectors();
        let service = setup.with(with(trusting(&maker))).start().await;
        let login = service.login("alice").await;
        let (stick, mut phone) = (SecurityKey::bound(), Device::new());
        enrol(&login, &mut phone, "phone").await;
        let alice = login.with_token(&step_up(&login, &mut phone, "phr").await);
        enrol_stick(&alice, &stick, &maker).await;

        let asked = Asked::begin(&login, "phrh").await;
        assert_eq!(asked.id(), stick.id(), "the other does not suffice");
        assert_eq!(asked.options["allowCredentials"][0]["transports"], json!(["usb"]));
        // O21's sister: verified, and nobody vouches for it.
        let said = asked.client_data(ORIGIN, "");
        let id = URL_SAFE_NO_PAD.encode(phone.keys().keys().next().unwrap());
        let unattested = phone.sign("bank.example", &id, &said).await;
        assert!(is_wrong(&asked.answer(&login, &unattested).await));
        let stepped_up = token(&asked.answer(&login, &stick.get(&asked.options)).await);
        let answer = login.with_token(&stepped_up).post("/phrh").await;
        assert_eq!((answer.status.as_u16(), answer.ran), (200, 1));
        let claims = stepped_up.split('.').nth(1).unwrap();
        let claims: Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
        assert_eq!(
            (&claims["acr"], &claims["amr"]),
            (&json!("phrh"), &json!(["hwk", "user", "mfa"]))
        );
        // R-BIND-01: from now on a change takes as much.
        let lesser = login.with_token(&step_up(&login, &mut phone, "phr").await);
        let refused = lesser.try_enrol(json!({ "method": "webauthn" })).await;
        assert_eq!(refused.status, 401, "{}", refused.json());
    }
}

#[tokio::test]
async fn r_wa_05_verified_but_not_attested_is_no_phrh() {
    for setup in setups() {
        let maker = Maker::of_vectors();
        let service = setup.with(with(trusting(&maker))).start().await;
        let alice = service.login("alice").await;
        let mut phone = Device::new();
        enrol(&alice, &mut phone, "phone").await;
        let unmet = alice.try_begin(json!({ "acr_values": "phrh" })).await;
        assert_eq!(problem(&unmet).1, "unmet-authentication-requirements");
        assert_eq!(unmet.json()["enrol"], json!(["webauthn"]));
        step_up(&alice, &mut phone, "phr").await;
    }
}

#[tokio::test]
async fn r_wa_05_what_can_be_copied_or_is_not_on_the_list_is_no_phrh() {
    for setup in setups() {
        let maker = Maker::of_vectors();
        let service = setup.with(with(trusting(&maker))).start().await;
        let alice = service.login("alice").await;
        enrol_stick(&alice, &SecurityKey::copied(), &maker).await;
        assert_eq!(alice.try_begin(json!({ "acr_values": "phrh" })).await.status, 403);
        Asked::begin(&alice, "phr").await;
    }
    for setup in setups() {
        let maker = Maker::of_vectors();
        let other = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
        let keys = keys().trusting(maker.root(), [other]).unwrap();
        let service = setup.with(with(keys)).start().await;
        let alice = service.login("alice").await;
        enrol_stick(&alice, &SecurityKey::bound(), &maker).await;
        assert_eq!(alice.try_begin(json!({ "acr_values": "phrh" })).await.status, 403);
        Asked::begin(&alice, "phr").await;
    }
}

/// Browsers hand on what the authenticator says as soon as a maker's word is asked for: of whatever
/// format, from whomever, whatever is wrong with it.
#[tokio::test]
async fn r_wa_05_a_key_whose_makers_word_is_none_is_enrolled_as_one_without() {
    for setup in setups() {
        let maker = Maker::of_vectors();
        let service = setup.with(with(trusting(&maker))).start().await;
        for (at, (format, statement)) in [
            ("android-safetynet", &b"\xa2cvera1hresponse\x43abc"[..]),
            ("compound", b"\x80"),
            ("packed", b"\xa2calg\x26csig\x43abc"),
            ("packed", b"\xa3calg\x26csig\x43abccx5c\x81\x43abc"),
            ("tpm", b"\xa0"),
            ("none", b"\xa0"),
        ]
        .into_iter()
        .enumerate()
        {
            let alice = service.login(&format!("user {at}")).await;
            let stick = SecurityKey::bound();
            let (id, options) = begin_enrolment(&alice, "stick").await;
            let created = stick.create_with(format, statement, &options);
            let answer = finish_enrolment(&alice, &id, &created).await;
            assert_eq!(answer.status, 201, "{format}: {}", answer.json());
            let asked = Asked::begin(&alice, "phr").await;
            token(&asked.answer(&alice, &stick.get(&asked.options)).await);
            assert_eq!(alice.try_begin(json!({ "acr_values": "phrh" })).await.status, 403);
        }
    }
}
