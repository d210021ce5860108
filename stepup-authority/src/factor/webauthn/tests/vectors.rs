//! The vectors of the specification, and the same with their flags set.

#![cfg(test)]

use serde_json::{Value, json};

use super::forge::{Key, UP, UV, registration};
use super::{asserted, enrolled, is_right, is_wrong, registered};
use crate::factor::webauthn::WebAuthn;
use crate::factor::webauthn::record::{PublicKey, Record};
use crate::sealing::to_text;

pub(super) type Vector = Value;

pub(super) fn document() -> Value {
    serde_json::from_str(include_str!("w3c-level-3.json")).unwrap()
}

pub(super) fn vector(name: &str) -> Vector {
    let document = document();
    let named = |vector: &&Value| vector["anchor"] == format!("sctn-test-vectors-{name}");
    document["vectors"].as_array().unwrap().iter().find(named).unwrap().clone()
}

pub(super) fn bytes(hex: &Value) -> Vec<u8> {
    let hex = hex.as_str().unwrap();
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(hex.get(at..at + 2).unwrap(), 16).unwrap())
        .collect()
}

fn example() -> WebAuthn {
    WebAuthn::new("example.org", ["https://example.org"]).unwrap()
}

fn made(vector: &Vector) -> (Vec<u8>, Value) {
    let said = &vector["registration"];
    let (id, data) = (bytes(&said["credential_id"]), bytes(&said["clientDataJSON"]));
    (bytes(&said["challenge"]), registration(&id, &data, &bytes(&said["attestationObject"])))
}

fn given(vector: &Vector) -> (Vec<u8>, Value) {
    let said = &vector["authentication"];
    let text = |name: &str| to_text(&bytes(&said[name]));
    let id = to_text(&bytes(&vector["registration"]["credential_id"]));
    let body = json!({ "credential": { "id": id, "rawId": id, "type": "public-key", "response": {
        "clientDataJSON": text("clientDataJSON"),
        "authenticatorData": text("authenticatorData"),
        "signature": text("signature"),
    }}});
    (bytes(&said["challenge"]), body)
}

/// The point in a registration: no reader of CBOR is needed to find it.
fn point(vector: &Vector) -> (bool, Vec<u8>, Vec<u8>) {
    let object = bytes(&vector["registration"]["attestationObject"]);
    let p256 = [0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58];
    let p384 = [0xa5, 1, 2, 3, 0x38, 0x22, 0x20, 2, 0x21, 0x58];
    let find = |mark: &[u8]| {
        let at = object.windows(mark.len()).position(|window| window == mark)?;
        Some(at + mark.len())
    };
    let is_p256 = find(&p256).is_some();
    let at = find(&p256).or_else(|| find(&p384)).unwrap();
    let len = usize::from(object[at]);
    let (x, y) = (at + 1, at + 1 + len + 3);
    (is_p256, object[x..x + len].to_vec(), object[y..y + len].to_vec())
}

/// The record that the registration would have left, had its user been verified.
fn record(vector: &Vector) -> Vec<u8> {
    let (is_p256, x, y) = point(vector);
    let (x, y) = (to_text(&x), to_text(&y));
    let key = if is_p256 { PublicKey::Es256 { x, y } } else { PublicKey::Es384 { x, y } };
    let id = bytes(&vector["registration"]["credential_id"]);
    let is_backup_eligible = vector["registration"]["be"].as_bool().unwrap();
    Record::new(&id, key, is_backup_eligible, Vec::new()).write().unwrap()
}

fn is_verified(said: &Value) -> bool {
    said["uv"].as_bool().unwrap()
}

#[test]
fn w3c_3_registrations_with_the_user_verified_are_taken() {
    let mut taken = Vec::new();
    for name in ["packed-self-es256", "packed-es256"] {
        let vector = vector(name);
        assert!(is_verified(&vector["registration"]), "{name}");
        let (challenge, body) = made(&vector);
        let made = enrolled(registered(&example(), &challenge, &body));
        assert_eq!(made.grade, "passkey", "{name}");
        let (challenge, body) = given(&vector);
        let answered = asserted(&example(), &challenge, &made.data, &body);
        assert_eq!(is_wrong(&answered), !is_verified(&vector["authentication"]), "{name}");
        taken.push(record(&vector) == Record::read(&made.data).unwrap().write().unwrap());
    }
    // But for how it is reached, which the vectors do not say.
    assert_eq!(taken, [false, false]);
}

#[test]
fn w3c_3_assertions_with_the_user_verified_are_taken() {
    for name in ["none-es256-long-credential-id", "packed-es256", "packed-es384"] {
        let vector = vector(name);
        assert!(is_verified(&vector["authentication"]), "{name}");
        let (challenge, body) = given(&vector);
        assert!(is_right(&asserted(&example(), &challenge, &record(&vector), &body)));
    }
}

/// O21, R-WA-02: and for this alone; with the bit set they are right.
#[test]
fn o21_w3c_3_vectors_with_user_verification_clear_are_refused() {
    let mut refused = Vec::new();
    for name in [
        "none-es256",
        "packed-self-es256",
        "none-es256-long-credential-id",
        "packed-es384",
        "fido-u2f-es256",
    ] {
        let vector = vector(name);
        let ends = if name.starts_with("none") { Some(()) } else { None };
        if !is_verified(&vector["registration"]) {
            let (challenge, body) = made(&vector);
            assert!(is_wrong(&registered(&example(), &challenge, &body)), "{name}");
            refused.push(format!("create {name}"));
            if ends.is_some() {
                assert!(is_right(&registered(
                    &example(),
                    &challenge,
                    &with_user_verified(&vector)
                )));
            }
        }
        if !is_verified(&vector["authentication"]) {
            let (challenge, body) = given(&vector);
            assert!(is_wrong(&asserted(&example(), &challenge, &record(&vector), &body)), "{name}");
            refused.push(format!("get {name}"));
            let signed = signed_with_user_verified(&vector);
            assert!(is_right(&asserted(&example(), &challenge, &record(&vector), &signed)));
        }
    }
    assert_eq!(
        refused,
        [
            "create none-es256",
            "get none-es256",
            "get packed-self-es256",
            "create none-es256-long-credential-id",
            "create packed-es384",
            "create fido-u2f-es256",
            "get fido-u2f-es256",
        ]
    );
}

/// A registration that nobody signed, with the bit set.
fn with_user_verified(vector: &Vector) -> Value {
    let said = &vector["registration"];
    let mut object = bytes(&said["attestationObject"]);
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"example.org");
    let at = object.windows(32).position(|window| window == hash.as_ref()).unwrap();
    object[at + 32] |= UV;
    registration(&bytes(&said["credential_id"]), &bytes(&said["clientDataJSON"]), &object)
}

/// An assertion with the bit set, signed anew.
fn signed_with_user_verified(vector: &Vector) -> Value {
    let (_, x, y) = point(vector);
    let public = [&[4][..], &x, &y].concat();
    let id = bytes(&vector["registration"]["credential_id"]);
    let key = Key::of(&id, &bytes(&vector["credential_private_key"]), &public);
    let said = &vector["authentication"];
    let mut data = bytes(&said["authenticatorData"]);
    assert_eq!(data[32] & (UP | UV), UP);
    data[32] |= UV;
    key.assert_bytes(&data, &bytes(&said["clientDataJSON"]), &Value::Null)
}

#[test]
fn o23_w3c_3_vectors_in_frames_are_refused_unless_allowed() {
    let framed = || example().within_frames_of(["https://example.com"]).unwrap();
    for name in ["none-es256-crossOrigin", "none-es256-topOrigin"] {
        let vector = vector(name);
        let (challenge, body) = made(&vector);
        assert!(is_wrong(&registered(&example(), &challenge, &body)), "{name}");
        assert!(is_wrong(&registered(&framed(), &challenge, &body)), "{name}");
        let (challenge, body) = given(&vector);
        assert!(is_wrong(&asserted(&example(), &challenge, &record(&vector), &body)), "{name}");
    }
    let vector = vector("none-es256-topOrigin");
    let (challenge, body) = given(&vector);
    assert!(is_right(&asserted(&framed(), &challenge, &record(&vector), &body)));
    let elsewhere = example().within_frames_of(["https://example.net"]).unwrap();
    assert!(is_wrong(&asserted(&elsewhere, &challenge, &record(&vector), &body)));
}

#[test]
fn w3c_3_vectors_of_algorithms_that_were_not_asked_for_are_refused() {
    for name in ["packed-es512", "packed-rs256", "packed-eddsa"] {
        let (challenge, body) = made(&vector(name));
        assert!(is_wrong(&registered(&example(), &challenge, &body)), "{name}");
    }
}
