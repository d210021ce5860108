//! Answers with one thing wrong.

#![cfg(test)]

use serde_json::{Value, json};

use super::forge::{AT, BE, BS, ED, Key, Said, UP, UV};
use super::{Given, asserted, count, enrolled, is_refused, is_right, is_wrong, proof, registered};
use crate::factor::webauthn::WebAuthn;
use crate::factor::webauthn::record::Record;
use crate::factor::{Checked, Purpose};
use crate::sealing::{digest_of, from_text, to_text};

const CHALLENGE: &[u8; 32] = b"thirty-two bytes of a challenge.";

fn bank() -> WebAuthn {
    WebAuthn::new("bank.example", ["https://bank.example"]).unwrap()
}

fn handle(subject: &str) -> Value {
    to_text(&digest_of(&["webauthn user handle", super::ISSUER, subject])).into()
}

fn of(key: &Key, body: &Value) -> Checked {
    asserted(&bank(), CHALLENGE, &key.record(false).write().unwrap(), body)
}

#[test]
fn what_is_right_is_right() {
    let key = Key::new(b"key");
    assert_eq!(count(of(&key, &key.assert(&Said::to(CHALLENGE)))), 0);
    let said = Said { count: 7, user_handle: handle("alice"), ..Said::to(CHALLENGE) };
    assert_eq!(count(of(&key, &key.assert(&said))), 7);
    let more = r#","crossOrigin":false,"tokenBinding":{"status":"supported"},"other":[{}]"#;
    assert!(is_right(&of(&key, &key.assert(&Said { more, ..Said::to(CHALLENGE) }))));
    let synced = Said { flags: UP | UV | BE | BS, ..Said::to(CHALLENGE) };
    let record = key.record(true).write().unwrap();
    assert!(is_right(&asserted(&bank(), CHALLENGE, &record, &key.assert(&synced))));
    let creating = Said { count: 5, ..Said::creating(CHALLENGE) };
    assert_eq!(count(registered(&bank(), CHALLENGE, &key.register(&creating))), 5);
    let made = enrolled(registered(&bank(), CHALLENGE, &key.register(&Said::creating(CHALLENGE))));
    assert_eq!((made.hint.as_str(), made.grade.as_str()), ("blue key", "passkey"));
    assert!(Record::read(&made.data).unwrap().is_of(b"key"));
    assert!(is_right(&asserted(&bank(), CHALLENGE, &made.data, &key.assert(&Said::to(CHALLENGE)))));
}

/// §9: authenticators add some of their own accord, and none says anything here.
#[test]
fn extensions_that_nobody_asked_for_are_passed_over() {
    let key = Key::new(b"key");
    let said = Said { flags: UP | UV | ED, ..Said::to(CHALLENGE) };
    let extended = |extensions: &[u8]| {
        let data = [&said.authenticator_data(), extensions].concat();
        key.assert_bytes(&data, &said.client_data(), &Value::Null)
    };
    for extensions in [&b"\xa0"[..], b"\xa1dothr\xf5", b"\xa1cuvm\x81\x83\x02\x04\x02"] {
        assert!(is_right(&of(&key, &extended(extensions))), "{extensions:?}");
    }
    // But for what can be none.
    for none in [&b""[..], b"\xa1", b"\x01", b"\xa1cuvm"] {
        assert!(is_refused(&of(&key, &extended(none))), "{none:?}");
    }
    // What was signed for another relying party in the days of U2F (§10.1.1).
    let mut body = key.assert(&Said { rp_id: "https://bank.example", ..Said::to(CHALLENGE) });
    body["credential"]["clientExtensionResults"] = json!({ "appid": true });
    assert!(is_refused(&of(&key, &body)));
    let creating = Said { flags: UP | UV | AT | ED, ..Said::creating(CHALLENGE) };
    for extensions in [&b"\xa0"[..], b"\xa1kcredProtect\x02", b"\xa1khmac-secret\xf5"] {
        let body = key.register_with(&creating, extensions);
        assert!(is_right(&registered(&bank(), CHALLENGE, &body)), "{extensions:?}");
    }
}

/// O19 to O23, in what is signed.
#[test]
fn o19_o20_o21_o22_o23_an_assertion_with_one_thing_wrong_is_wrong() {
    let right = || Said::to(CHALLENGE);
    let key = Key::new(b"key");
    for (what, said) in [
        ("another type", Said { kind: "webauthn.create", ..right() }),
        ("another challenge", Said { challenge: vec![1; 32], ..right() }),
        ("no challenge", Said { challenge: Vec::new(), ..right() }),
        ("another origin", Said { origin: "https://evil.example", ..right() }),
        ("a page below", Said { origin: "https://bank.example/login", ..right() }),
        ("a subdomain", Said { origin: "https://login.bank.example", ..right() }),
        ("another port", Said { origin: "https://bank.example:8443", ..right() }),
        ("another scheme", Said { origin: "http://bank.example", ..right() }),
        ("in a frame", Said { more: r#","crossOrigin":true"#, ..right() }),
        (
            "in another's frame",
            Said { more: r#","crossOrigin":true,"topOrigin":"https://evil.example""#, ..right() },
        ),
        ("a top origin alone", Said { more: r#","topOrigin":"https://bank.example""#, ..right() }),
        (
            "two answers to one",
            Said { more: r#","crossOrigin":true,"crossOrigin":false"#, ..right() },
        ),
        ("another relying party", Said { rp_id: "evil.example", ..right() }),
        ("nobody present", Said { flags: UV, ..right() }),
        ("nobody verified", Said { flags: UP, ..right() }),
        ("copied, and cannot be", Said { flags: UP | UV | BS, ..right() }),
        ("can be copied of late", Said { flags: UP | UV | BE, ..right() }),
        ("of bob, it says", Said { user_handle: handle("bob"), ..right() }),
        ("of nobody, it says", Said { user_handle: "".into(), ..right() }),
    ] {
        let checked = of(&key, &key.assert(&said));
        assert!(is_refused(&checked), "{what}: {checked:?}");
    }
    let synced = asserted(
        &bank(),
        CHALLENGE,
        &key.record(true).write().unwrap(),
        &key.assert(&Said::to(CHALLENGE)),
    );
    assert!(is_wrong(&synced), "it could be copied, and cannot now");
}

/// O19, O22: in what is around it.
#[test]
fn o19_o22_an_assertion_of_another_key_or_altered_is_wrong() {
    let key = Key::new(b"key");
    let right = key.assert(&Said::to(CHALLENGE));
    for (pointer, value) in [
        ("/credential/type", json!("password")),
        ("/credential/id", json!(to_text(b"kez"))),
        ("/credential/rawId", json!(to_text(b"kez"))),
        ("/credential/response/signature", json!("")),
        ("/credential/response/signature", json!(to_text(&[0x30, 6, 2, 1, 0, 2, 1, 0]))),
        ("/credential/response/authenticatorData", json!("")),
        ("/credential/response/authenticatorData", json!(to_text(&[0; 36]))),
        ("/credential/response/authenticatorData", json!(to_text(&[5; 37]))),
        ("/credential/response/clientDataJSON", json!(to_text(b"{}"))),
    ] {
        let mut body = right.clone();
        *body.pointer_mut(pointer).unwrap() = value.clone();
        let checked = of(&key, &body);
        assert!(is_refused(&checked), "{pointer} {value}: {checked:?}");
    }
    // Under the right name, by another key; and by one that is not of this user.
    let other = Key::new(b"key");
    assert!(is_wrong(&of(&key, &other.assert(&Said::to(CHALLENGE)))));
    let unknown = Key::new(b"bob's");
    assert!(is_wrong(&of(&key, &unknown.assert(&Said::to(CHALLENGE)))));
    for body in [json!({}), json!({ "credential": null }), json!({ "code": "123456" })] {
        assert!(matches!(of(&key, &body), Checked::Malformed), "{body}");
    }
    // One sort of answer is not the other.
    let made = key.register(&Said::creating(CHALLENGE));
    assert!(is_refused(&of(&key, &made)));
    assert!(is_refused(&registered(&bank(), CHALLENGE, &right)));
}

#[test]
fn r_wa_03_of_several_keys_the_one_that_answers_is_named() {
    let keys = [Key::new(b"one"), Key::new(b"two"), Key::new(b"three")];
    let records: Vec<_> = keys.iter().map(|key| key.record(false).write().unwrap()).collect();
    let records: Vec<&[u8]> = records.iter().map(Vec::as_slice).collect();
    let bank = bank();
    for (at, key) in keys.iter().enumerate() {
        let given =
            Given { factor: &bank, challenge: CHALLENGE, enrolled: &records, excluded: &[] };
        let body = key.assert(&Said::to(CHALLENGE));
        assert_eq!(proof(given.check(Purpose::StepUp, &body)).by, at);
        let given = Given { enrolled: &[], ..given };
        assert!(is_wrong(&given.check(Purpose::StepUp, &body)), "none of theirs may answer");
    }
}

#[test]
fn o19_o21_o23_a_registration_with_one_thing_wrong_is_wrong() {
    let right = || Said::creating(CHALLENGE);
    let key = Key::new(b"key");
    for (what, said) in [
        ("another type", Said { kind: "webauthn.get", ..right() }),
        ("another challenge", Said { challenge: vec![1; 32], ..right() }),
        ("another origin", Said { origin: "https://evil.example", ..right() }),
        ("in a frame", Said { more: r#","crossOrigin":true"#, ..right() }),
        ("a top origin", Said { more: r#","topOrigin":"https://evil.example""#, ..right() }),
        ("another relying party", Said { rp_id: "evil.example", ..right() }),
        ("nobody present", Said { flags: UV | AT, ..right() }),
        ("nobody verified", Said { flags: UP | AT, ..right() }),
        ("no key", Said { flags: UP | UV, ..right() }),
        ("copied, and cannot be", Said { flags: UP | UV | AT | BS, ..right() }),
    ] {
        let checked = registered(&bank(), CHALLENGE, &key.register(&said));
        assert!(is_refused(&checked), "{what}: {checked:?}");
    }
    let mut body = key.register(&right());
    for name in ["id", "rawId"] {
        body["credential"][name] = to_text(b"kez").into();
    }
    assert!(is_wrong(&registered(&bank(), CHALLENGE, &body)), "it is about another key");
    let bank = bank();
    let has = [key.record(false)];
    let given = Given { factor: &bank, challenge: CHALLENGE, enrolled: &[], excluded: &has };
    let again = given.check(Purpose::Enrolment, &key.register(&right()));
    assert!(is_wrong(&again), "the user has it");
    let long = Key::new(&[7; 1024]);
    assert!(is_refused(&registered(&bank, CHALLENGE, &long.register(&right()))));
    let longest = Key::new(&[7; 1023]);
    assert!(is_right(&registered(&bank, CHALLENGE, &longest.register(&right()))));
}

/// Neither in what is signed, nor in the signature, nor in what the browser says.
#[test]
fn o19_no_bit_of_an_assertion_can_be_turned() {
    let key = Key::new(b"key");
    let right = key.assert(&Said { count: 7, ..Said::to(CHALLENGE) });
    assert!(is_right(&of(&key, &right)));
    for name in ["authenticatorData", "clientDataJSON", "signature"] {
        let bytes = from_text(right["credential"]["response"][name].as_str().unwrap()).unwrap();
        for at in 0..bytes.len() {
            let mut turned = bytes.clone();
            turned[at] ^= 1 << (at % 8);
            let mut body = right.clone();
            body["credential"]["response"][name] = to_text(&turned).into();
            assert!(is_refused(&of(&key, &body)), "{name} {at}");
            body["credential"]["response"][name] = to_text(&bytes[..at]).into();
            assert!(is_refused(&of(&key, &body)), "{name} up to {at}");
        }
    }
}

/// Nobody signed it: what is turned may make another key, and must not make a panic, or a key that
/// was not asked for.
#[test]
fn o19_no_part_of_a_registration_makes_a_panic() {
    let key = Key::new(b"key");
    let right = key.register(&Said::creating(CHALLENGE));
    let object = right["credential"]["response"]["attestationObject"].as_str().unwrap();
    let object = from_text(object).unwrap();
    let registered = |object: &[u8]| {
        let mut body = right.clone();
        body["credential"]["response"]["attestationObject"] = to_text(object).into();
        registered(&bank(), CHALLENGE, &body)
    };
    assert!(is_right(&registered(&object)));
    for at in 0..object.len() {
        assert!(is_refused(&registered(&object[..at])), "up to {at}");
        for bit in 0..8 {
            let mut turned = object.clone();
            turned[at] ^= 1 << bit;
            if let Checked::Right(proof) = registered(&turned) {
                let made = proof.enrolled.unwrap();
                assert_eq!(made.grade, "passkey", "{at} {bit}");
                assert!(Record::read(&made.data).unwrap().is_of(b"key"), "{at} {bit}");
            }
        }
    }
}

#[test]
fn a_record_that_cannot_be_read_makes_nobody_wrong() {
    let key = Key::new(b"key");
    let body = key.assert(&Said::to(CHALLENGE));
    let checked = asserted(&bank(), CHALLENGE, b"{\"v\":2}", &body);
    assert!(matches!(checked, Checked::Unavailable(_)), "{checked:?}");
    // Nor does it keep another from answering.
    let (record, bank) = (key.record(false).write().unwrap(), bank());
    let enrolled: [&[u8]; 2] = [b"{\"v\":2}", &record];
    let given = Given { factor: &bank, challenge: CHALLENGE, enrolled: &enrolled, excluded: &[] };
    assert_eq!(proof(given.check(Purpose::StepUp, &body)).by, 1);
    let unknown = Key::new(b"of the other").assert(&Said::to(CHALLENGE));
    assert!(matches!(given.check(Purpose::StepUp, &unknown), Checked::Unavailable(_)));
}
