//! A key in the hands of somebody who writes every byte of its answers.

#![cfg(test)]

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

use crate::factor::webauthn::record::{PublicKey, Record};
use crate::sealing::to_text;

pub(super) const UP: u8 = 0x01;
pub(super) const UV: u8 = 0x04;
pub(super) const BE: u8 = 0x08;
pub(super) const BS: u8 = 0x10;
pub(super) const AT: u8 = 0x40;
pub(super) const ED: u8 = 0x80;

pub(super) struct Key {
    pub(super) id: Vec<u8>,
    pair: EcdsaKeyPair,
}

/// An assertion, before it is signed.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) kind: &'static str,
    pub(super) challenge: Vec<u8>,
    pub(super) origin: &'static str,
    /// More members of the client data.
    pub(super) more: &'static str,
    pub(super) rp_id: &'static str,
    pub(super) flags: u8,
    pub(super) count: u32,
    pub(super) user_handle: Value,
}

impl Said {
    /// What is right at https://bank.example.
    pub(super) fn to(challenge: &[u8]) -> Self {
        Self {
            kind: "webauthn.get",
            challenge: challenge.to_vec(),
            origin: "https://bank.example",
            more: r#","crossOrigin":false"#,
            rp_id: "bank.example",
            flags: UP | UV,
            count: 0,
            user_handle: Value::Null,
        }
    }

    pub(super) fn creating(challenge: &[u8]) -> Self {
        Self { kind: "webauthn.create", flags: UP | UV | AT, ..Self::to(challenge) }
    }

    pub(super) fn client_data(&self) -> Vec<u8> {
        let Self { kind, challenge, origin, more, .. } = self;
        let challenge = to_text(challenge);
        format!(r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{origin}"{more}}}"#).into()
    }

    pub(super) fn authenticator_data(&self) -> Vec<u8> {
        let mut data = digest(&SHA256, self.rp_id.as_bytes()).as_ref().to_vec();
        data.push(self.flags);
        data.extend(self.count.to_be_bytes());
        data
    }
}

impl Key {
    pub(super) fn new(id: &[u8]) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        Self { id: id.to_vec(), pair }
    }

    /// With a private key and the uncompressed point of the public one.
    pub(super) fn of(id: &[u8], private: &[u8], public: &[u8]) -> Self {
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let pair = EcdsaKeyPair::from_private_key_and_public_key(algorithm, private, public);
        Self { id: id.to_vec(), pair: pair.unwrap() }
    }

    fn point(&self) -> (&[u8], &[u8]) {
        self.pair.public_key().as_ref()[1..].split_at(32)
    }

    pub(super) fn record(&self, is_backup_eligible: bool) -> Record {
        let (x, y) = self.point();
        let key = PublicKey::Es256 { x: to_text(x), y: to_text(y) };
        Record::new(&self.id, key, is_backup_eligible, Vec::new())
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec()
    }

    pub(super) fn assert(&self, said: &Said) -> Value {
        self.assert_bytes(&said.authenticator_data(), &said.client_data(), &said.user_handle)
    }

    pub(super) fn assert_bytes(&self, data: &[u8], client_data: &[u8], handle: &Value) -> Value {
        let signature = self.sign(&signed(data, client_data));
        let id = to_text(&self.id);
        json!({ "credential": { "id": id, "rawId": id, "type": "public-key", "response": {
            "clientDataJSON": to_text(client_data),
            "authenticatorData": to_text(data),
            "signature": to_text(&signature),
            "userHandle": handle,
        }}})
    }

    /// A registration that nobody vouches for.
    pub(super) fn register(&self, said: &Said) -> Value {
        self.register_with(said, &[])
    }

    /// The same with extensions, in CBOR.
    pub(super) fn register_with(&self, said: &Said, extensions: &[u8]) -> Value {
        let (x, y) = self.point();
        let mut key = vec![0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32];
        key.extend(x);
        key.extend([0x22, 0x58, 32]);
        key.extend(y);
        unvouched(&self.id, &[&key[..], extensions].concat(), said)
    }
}

/// A registration of this key, in COSE, that nobody vouches for.
pub(super) fn unvouched(id: &[u8], key: &[u8], said: &Said) -> Value {
    let mut data = said.authenticator_data();
    data.extend([0; 16]);
    data.extend(u16::try_from(id.len()).unwrap().to_be_bytes());
    data.extend([id, key].concat());
    let mut object = b"\xa3cfmtdnonegattStmt\xa0hauthData\x59".to_vec();
    object.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
    object.extend(data);
    registration(id, &said.client_data(), &object)
}

pub(super) fn registration(id: &[u8], client_data: &[u8], object: &[u8]) -> Value {
    let id = to_text(id);
    json!({ "credential": { "id": id, "rawId": id, "type": "public-key", "response": {
        "clientDataJSON": to_text(client_data),
        "attestationObject": to_text(object),
        "transports": ["usb"],
    }}})
}

/// What an authenticator signs.
pub(super) fn signed(data: &[u8], client_data: &[u8]) -> Vec<u8> {
    [data, digest(&SHA256, client_data).as_ref()].concat()
}
