//! The test vectors of the specification, with the means to set right what is wrong in one.

#![cfg(test)]

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Value, json};

use super::forge::{Key, UV, registration};
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

/// The relying party that they are of.
pub(super) fn example() -> WebAuthn {
    WebAuthn::new("example.org", ["https://example.org"]).unwrap()
}

/// The maker that those with a certificate are of.
pub(super) fn root() -> Vec<u8> {
    bytes(&document()["attestation_ca_cert"])
}

pub(super) fn model(vector: &Vector) -> String {
    uuid::Uuid::from_slice(&bytes(&vector["registration"]["aaguid"])).unwrap().to_string()
}

/// One of a vector's two answers.
pub(super) struct Given {
    pub(super) challenge: Vec<u8>,
    client_data: Vec<u8>,
    /// An attestation object, or authenticator data.
    data: Vec<u8>,
    id: Vec<u8>,
    /// None: of a registration.
    signature: Option<Vec<u8>>,
}

impl Given {
    pub(super) fn registration(vector: &Vector) -> Self {
        let said = &vector["registration"];
        Self {
            challenge: bytes(&said["challenge"]),
            client_data: bytes(&said["clientDataJSON"]),
            data: bytes(&said["attestationObject"]),
            id: bytes(&said["credential_id"]),
            signature: None,
        }
    }

    pub(super) fn authentication(vector: &Vector) -> Self {
        let said = &vector["authentication"];
        Self {
            challenge: bytes(&said["challenge"]),
            client_data: bytes(&said["clientDataJSON"]),
            data: bytes(&said["authenticatorData"]),
            id: bytes(&vector["registration"]["credential_id"]),
            signature: Some(bytes(&said["signature"])),
        }
    }

    pub(super) fn body(&self) -> Value {
        let Some(signature) = &self.signature else {
            return registration(&self.id, &self.client_data, &self.data);
        };
        let id = to_text(&self.id);
        json!({ "credential": { "id": id, "rawId": id, "type": "public-key", "response": {
            "clientDataJSON": to_text(&self.client_data),
            "authenticatorData": to_text(&self.data),
            "signature": to_text(signature),
        }}})
    }

    /// The same with the bit set.
    pub(super) fn verified(mut self) -> Self {
        let hash = digest(&SHA256, b"example.org");
        let at = self.data.windows(32).position(|window| window == hash.as_ref()).unwrap();
        assert_eq!(self.data[at + 32] & UV, 0);
        self.data[at + 32] |= UV;
        self
    }

    /// The same on a page that is in no frame.
    pub(super) fn unframed(mut self) -> Self {
        let mut data: Value = serde_json::from_slice(&self.client_data).unwrap();
        let members = data.as_object_mut().unwrap();
        assert_eq!(members.insert("crossOrigin".to_owned(), false.into()), Some(true.into()));
        members.remove("topOrigin");
        self.client_data = serde_json::to_vec(&data).unwrap();
        self
    }

    /// The same, if it is signed, by this key.
    pub(super) fn signed_by(mut self, key: &Key) -> Self {
        if let Some(signature) = &mut self.signature {
            let hash = digest(&SHA256, &self.client_data);
            *signature = key.sign(&[&self.data[..], hash.as_ref()].concat());
        }
        self
    }
}

/// The point in a registration: no reader of CBOR is needed to find it. None: it is a key of another
/// sort.
fn point(vector: &Vector) -> Option<(bool, Vec<u8>, Vec<u8>)> {
    let object = bytes(&vector["registration"]["attestationObject"]);
    let p256 = [0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58];
    let p384 = [0xa5, 1, 2, 3, 0x38, 0x22, 0x20, 2, 0x21, 0x58];
    let find = |mark: &[u8]| {
        let at = object.windows(mark.len()).position(|window| window == mark)?;
        Some(at + mark.len())
    };
    let is_p256 = find(&p256).is_some();
    let at = find(&p256).or_else(|| find(&p384))?;
    let len = usize::from(object[at]);
    let (x, y) = (at + 1, at + 1 + len + 3);
    Some((is_p256, object[x..x + len].to_vec(), object[y..y + len].to_vec()))
}

fn is_backup_eligible(vector: &Vector) -> bool {
    vector["registration"]["be"].as_bool().unwrap()
}

/// The record that the registration would leave, were its user verified; none where the key is of an
/// algorithm that none is asked for.
pub(super) fn record(vector: &Vector) -> Option<Record> {
    let (is_p256, x, y) = point(vector)?;
    let (x, y) = (to_text(&x), to_text(&y));
    let key = if is_p256 { PublicKey::Es256 { x, y } } else { PublicKey::Es384 { x, y } };
    let id = bytes(&vector["registration"]["credential_id"]);
    Some(Record::new(&id, key, is_backup_eligible(vector), Vec::new()))
}

/// A key that signs in place of the vector's: the same, where it is of ES256.
pub(super) fn signer(vector: &Vector) -> (Key, Record) {
    let id = bytes(&vector["registration"]["credential_id"]);
    let key = match point(vector) {
        Some((true, x, y)) => {
            let private = bytes(&vector["credential_private_key"]);
            Key::of(&id, &private, &[&[4][..], &x, &y].concat())
        }
        _ => Key::new(&id),
    };
    let record = key.record(is_backup_eligible(vector));
    (key, record)
}
