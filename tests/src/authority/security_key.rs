//! A security key, by the letter of WebAuthn Level 3 and by nothing of ours, and its maker: that of
//! the specification's test vectors, whose secrets are known.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::AUTHORITY;

const VECTORS: &str =
    include_str!("../../../stepup-authority/src/factor/webauthn/tests/w3c-level-3.json");

const UP_UV: u8 = 0x05;
const BE: u8 = 0x08;
const AT: u8 = 0x40;

/// Who vouches for keys.
pub struct Maker {
    root: Vec<u8>,
    certificate: Vec<u8>,
    key: EcdsaKeyPair,
}

impl Maker {
    /// The model that all of its keys are of.
    pub const MODEL: &str = "876ca4f5-2071-c3e9-b255-09ef2cdf7ed6";

    /// The one of the test vectors.
    pub fn of_vectors() -> Self {
        let vectors: Value = serde_json::from_str(VECTORS).expect("JSON");
        let mut packed = vectors["vectors"].as_array().expect("vectors").iter();
        let packed = packed.find(|vector| vector["anchor"] == "sctn-test-vectors-packed-es256");
        let packed = packed.expect("it is there");
        let object = bytes(&packed["registration"]["attestationObject"]);
        // `x5c`, an array of one, and a byte string with a length of two bytes.
        let at = find(&object, b"cx5c\x81\x59");
        let len = usize::from(u16::from_be_bytes([object[at], object[at + 1]]));
        let certificate = object[at + 2..at + 2 + len].to_vec();
        let point = find(&certificate, &[0x03, 0x42, 0x00]);
        let private = bytes(&packed["attestation_private_key"]);
        let key = EcdsaKeyPair::from_private_key_and_public_key(
            &ECDSA_P256_SHA256_ASN1_SIGNING,
            &private,
            &certificate[point..point + 65],
        );
        let root = bytes(&vectors["attestation_ca_cert"]);
        Self { root, certificate, key: key.expect("a key pair") }
    }

    /// The root of its attestation.
    pub fn root(&self) -> &[u8] {
        &self.root
    }
}

/// A key in a user's hand, who is verified by it.
pub struct SecurityKey {
    id: [u8; 16],
    key: EcdsaKeyPair,
    flags: u8,
}

impl SecurityKey {
    /// One that never leaves its hardware.
    pub fn bound() -> Self {
        Self::saying(0)
    }

    /// One that says that it may be copied to other devices: a passkey.
    pub fn copied() -> Self {
        Self::saying(BE)
    }

    fn saying(flags: u8) -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key pair");
        let mut id = [0; 16];
        id.copy_from_slice(&digest(&SHA256, key.public_key().as_ref()).as_ref()[..16]);
        Self { id, key, flags }
    }

    /// What names it.
    pub fn id(&self) -> String {
        text(&self.id)
    }

    /// `navigator.credentials.create()` on the bank's page, and `toJSON()`: the maker vouches for it.
    pub fn create(&self, maker: &Maker, options: &Value) -> Value {
        let (client_data, data) = self.made(options);
        let signature = sign(&maker.key, &data, &client_data);
        let mut statement = b"\xa3calg\x26csig\x58".to_vec();
        statement.push(signature.len() as u8);
        statement.extend(signature);
        statement.extend(b"cx5c\x81\x59");
        statement.extend((maker.certificate.len() as u16).to_be_bytes());
        statement.extend(&maker.certificate);
        self.created(&client_data, &data, "packed", &statement)
    }

    /// The same with another statement of attestation, in CBOR, of this format.
    pub fn create_with(&self, format: &str, statement: &[u8], options: &Value) -> Value {
        let (client_data, data) = self.made(options);
        self.created(&client_data, &data, format, statement)
    }

    /// The client data and the authenticator data of a key that is made.
    fn made(&self, options: &Value) -> (Vec<u8>, Vec<u8>) {
        let mut data = self.data(&options["rp"]["id"], AT);
        data.extend(bytes(&json!(Maker::MODEL.replace('-', ""))));
        data.extend([0, 16]);
        data.extend(self.id);
        let (x, y) = self.key.public_key().as_ref()[1..].split_at(32);
        data.extend([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32]);
        data.extend(x);
        data.extend([0x22, 0x58, 32]);
        data.extend(y);
        (client_data("webauthn.create", options), data)
    }

    fn created(&self, client_data: &[u8], data: &[u8], format: &str, statement: &[u8]) -> Value {
        let mut object = b"\xa3cfmt".to_vec();
        // A text of less than 24 bytes.
        object.push(0x60 | format.len() as u8);
        object.extend(format.as_bytes());
        object.extend(b"gattStmt");
        object.extend(statement);
        object.extend(b"hauthData\x58");
        object.push(data.len() as u8);
        object.extend(data);
        json!({ "id": self.id(), "rawId": self.id(), "type": "public-key", "response": {
            "clientDataJSON": text(client_data),
            "attestationObject": text(&object),
            "transports": ["usb"],
        }})
    }

    /// `navigator.credentials.get()` on the bank's page, and `toJSON()`.
    pub fn get(&self, options: &Value) -> Value {
        let client_data = client_data("webauthn.get", options);
        let data = self.data(&options["rpId"], 0);
        json!({ "id": self.id(), "rawId": self.id(), "type": "public-key", "response": {
            "clientDataJSON": text(&client_data),
            "authenticatorData": text(&data),
            "signature": text(&sign(&self.key, &data, &client_data)),
        }})
    }

    fn data(&self, rp_id: &Value, more: u8) -> Vec<u8> {
        let rp_id = rp_id.as_str().expect("a relying party");
        let mut data = digest(&SHA256, rp_id.as_bytes()).as_ref().to_vec();
        data.push(UP_UV | self.flags | more);
        // It counts nothing.
        data.extend([0; 4]);
        data
    }
}

fn client_data(kind: &str, options: &Value) -> Vec<u8> {
    let challenge = options["challenge"].as_str().expect("a challenge");
    format!(r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{AUTHORITY}"}}"#).into_bytes()
}

fn find(bytes: &[u8], mark: &[u8]) -> usize {
    let at = bytes.windows(mark.len()).position(|window| window == mark);
    at.expect("it is there") + mark.len()
}

fn bytes(hex: &Value) -> Vec<u8> {
    let hex = hex.as_str().expect("a string");
    let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal");
    (0..hex.len()).step_by(2).map(byte).collect()
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn sign(key: &EcdsaKeyPair, data: &[u8], client_data: &[u8]) -> Vec<u8> {
    let message = [data, digest(&SHA256, client_data).as_ref()].concat();
    key.sign(&SystemRandom::new(), &message).expect("a signature").as_ref().to_vec()
}
