//! What is asked.

#![cfg(test)]

use serde_json::{Map, Value, json};
use stepup_core::Timestamp;

use super::ISSUER;
use super::forge::Key;
use crate::SealingKeys;
use crate::factor::webauthn::WebAuthn;
use crate::factor::webauthn::record::{Asked, PublicKey, Record};
use crate::factor::{Ask, AskedBy, Factor, NotEnrolled, Prompt, Purpose, Unreadable, User, Vault};
use crate::sealing::to_text;

fn bank() -> WebAuthn {
    WebAuthn::new("bank.example", ["https://bank.example"]).unwrap().rp_name("Bank")
}

fn user<'a>(enrolled: &'a [&'a [u8]]) -> User<'a> {
    User { issuer: ISSUER, subject: "alice", enrolled }
}

fn asked(factor: &WebAuthn, purpose: Purpose, enrolled: &[&[u8]]) -> Result<Prompt, Unreadable> {
    let keys = SealingKeys::generate().unwrap();
    factor.prompt(&Ask {
        data: b"blue key",
        user: user(enrolled),
        purpose,
        levels: &[],
        by: AskedBy::default(),
        now: Timestamp::from_secs(1_700_000_000),
        vault: Vault::new(&keys, "ceremony", "factor"),
        denial: "",
    })
}

fn challenge(prompt: &Prompt) -> String {
    to_text(&Asked::read(&prompt.kept).unwrap().challenge().unwrap())
}

fn records() -> [Vec<u8>; 2] {
    let key = PublicKey::Es256 { x: "AQ".into(), y: "Ag".into() };
    let usb = Record::new(b"two", key, false, vec!["nfc".into(), "usb".into()]);
    [Key::new(b"one").record(true).write().unwrap(), usb.write().unwrap()]
}

fn descriptors() -> Value {
    json!([
        { "type": "public-key", "id": to_text(b"one") },
        { "type": "public-key", "id": to_text(b"two"), "transports": ["nfc", "usb"] },
    ])
}

#[test]
fn r_wa_02_a_request_names_the_users_keys_and_wants_them_verified() {
    let [one, two] = records();
    let prompt = asked(&bank(), Purpose::StepUp, &[&one, &two]).unwrap();
    let expected = json!({
        "rpId": "bank.example",
        "challenge": challenge(&prompt),
        "timeout": 300_000,
        "allowCredentials": descriptors(),
        "userVerification": "required",
    });
    assert_eq!(prompt.show["publicKey"], expected);
    let other = asked(&bank(), Purpose::StepUp, &[&one, &two]).unwrap();
    assert_ne!(challenge(&prompt), challenge(&other));
    assert_eq!(challenge(&prompt).len(), 43, "32 bytes");
    let readable = asked(&bank(), Purpose::StepUp, &[b"?", &two]).unwrap();
    assert_eq!(readable.show["publicKey"]["allowCredentials"], json!([descriptors()[1]]));
    assert!(asked(&bank(), Purpose::StepUp, &[b"?"]).is_err());
}

#[test]
fn a_creation_names_what_the_user_has_and_wants_them_verified() {
    let [one, two] = records();
    let labelled = bank().labelled(|user| format!("Account of {}", user.subject));
    let prompt = asked(&labelled, Purpose::Enrolment, &[&one, &two]).unwrap();
    let handle = "RUI0";
    let options = &prompt.show["publicKey"];
    let expected = json!({
        "rp": { "id": "bank.example", "name": "Bank" },
        "user": {
            "id": options["user"]["id"],
            "name": "Account of alice",
            "displayName": "Account of alice",
        },
        "challenge": challenge(&prompt),
        "pubKeyCredParams": [
            { "type": "public-key", "alg": -7 },
            { "type": "public-key", "alg": -35 },
            { "type": "public-key", "alg": -257 },
        ],
        "timeout": 300_000,
        "excludeCredentials": descriptors(),
        "authenticatorSelection": {
            "residentKey": "preferred",
            "requireResidentKey": false,
            "userVerification": "required",
        },
        "attestation": "none",
    });
    assert_eq!(*options, expected);
    let id = options["user"]["id"].as_str().unwrap();
    assert_eq!((id.len(), id.starts_with(handle)), (43, false));
    let plain = asked(&bank().not_discoverable(), Purpose::Enrolment, &[]).unwrap();
    let plain = &plain.show["publicKey"];
    assert_eq!(plain["authenticatorSelection"]["residentKey"], "discouraged");
    assert_eq!(plain["user"]["name"], "alice");
    assert_eq!(plain["user"]["id"], id, "it never changes");
    let trusting =
        bank().trusting(&super::w3c::root(), ["2fc0579f-8113-47ea-b116-bb5a8db9202a"]).unwrap();
    let prompt = asked(&trusting, Purpose::Enrolment, &[]).unwrap();
    assert_eq!(prompt.show["publicKey"]["attestation"], "direct");
}

#[test]
fn signals_are_of_all_keys_or_of_none() {
    let [one, two] = records();
    let prompt = asked(&bank(), Purpose::Enrolment, &[]).unwrap();
    let expected = json!({
        "rpId": "bank.example",
        "userId": prompt.show["publicKey"]["user"]["id"],
        "allAcceptedCredentialIds": [to_text(b"one"), to_text(b"two")],
    });
    assert_eq!(bank().signals(user(&[&one, &two])), Some(expected));
    assert_eq!(bank().signals(user(&[&one, b"?"])), None);
    let none = bank().signals(user(&[])).unwrap();
    assert_eq!(none["allAcceptedCredentialIds"], json!([]));
}

#[tokio::test]
async fn a_key_is_named_by_the_user_on_one_short_line() {
    let enrol = async |details: Value| {
        let Value::Object(details) = details else { panic!("{details}") };
        let enrolled = bank().enrol(user(&[]), &details).await;
        enrolled.map(|enrolled| {
            assert!(enrolled.is_by_answer && !enrolled.is_proved);
            String::from_utf8(enrolled.data.to_vec()).unwrap()
        })
    };
    assert_eq!(enrol(json!({})).await.unwrap(), "");
    assert_eq!(enrol(json!({ "name": " blue key " })).await.unwrap(), "blue key");
    assert_eq!(enrol(json!({ "name": "ß".repeat(64) })).await.unwrap().chars().count(), 64);
    for bad in [json!("ß".repeat(65)), json!("blue\nkey"), json!("\u{0}"), json!(7), json!([])] {
        let unfit = enrol(Value::Object(Map::from_iter([("name".to_owned(), bad.clone())]))).await;
        assert!(matches!(unfit, Err(NotEnrolled::Unfit(_))), "{bad}");
    }
}
