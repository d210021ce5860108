//! Keys that never leave their hardware, on the word of their maker (R-WA-05). The maker is that of
//! the specification's test vectors, whose secrets are known.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use stepup_authority::factor::WebAuthn;
use stepup_tests::authority::User;

use crate::device::Device;
use crate::scene::{
    Asked, ORIGIN, begin_enrolment, enrol, finish_enrolment, is_wrong, keys, problem, setups,
    step_up, token, with,
};

const VECTORS: &str =
    include_str!("../../stepup-authority/src/factor/webauthn/tests/w3c-level-3.json");

const UP_UV: u8 = 0x05;
const BE: u8 = 0x08;
const AT: u8 = 0x40;

/// The model that its maker vouches for here.
const MODEL: &str = "876ca4f5-2071-c3e9-b255-09ef2cdf7ed6";

struct Maker {
    root: Vec<u8>,
    certificate: Vec<u8>,
    key: EcdsaKeyPair,
}

impl Maker {
    fn new() -> Self {
        let vectors: Value = serde_json::from_str(VECTORS).unwrap();
        let packed = vectors["vectors"].as_array().unwrap().iter();
        let packed = packed.clone().find(|v| v["anchor"] == "sctn-test-vectors-packed-es256");
        let packed = packed.unwrap();
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
        Self { root, certificate, key: key.unwrap() }
    }
}

fn find(bytes: &[u8], mark: &[u8]) -> usize {
    bytes.windows(mark.len()).position(|window| window == mark).unwrap() + mark.len()
}

fn bytes(hex: &Value) -> Vec<u8> {
    let hex = hex.as_str().unwrap();
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(hex.get(at..at + 2).unwrap(), 16).unwrap())
        .collect()
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn sign(key: &EcdsaKeyPair, data: &[u8], client_data: &[u8]) -> Vec<u8> {
    let message = [data, digest(&SHA256, client_data).as_ref()].concat();
    key.sign(&SystemRandom::new(), &message).unwrap().as_ref().to_vec()
}

/// A security key of this maker.
struct Stick {
    id: [u8; 16],
    key: EcdsaKeyPair,
    /// What it says of itself besides.
    flags: u8,
}

impl Stick {
    fn new(flags: u8) -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        Self { id: [7; 16], key, flags }
    }

    fn data(&self, more: u8) -> Vec<u8> {
        let mut data = digest(&SHA256, b"bank.example").as_ref().to_vec();
        data.push(UP_UV | self.flags | more);
        data.extend([0; 4]);
        data
    }

    fn client_data(kind: &str, options: &Value) -> Vec<u8> {
        let challenge = options["challenge"].as_str().unwrap();
        format!(r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{ORIGIN}"}}"#).into_bytes()
    }

    fn create(&self, maker: &Maker, options: &Value) -> Value {
        let client_data = Self::client_data("webauthn.create", options);
        let mut data = self.data(AT);
        let model = MODEL.replace('-', "");
        data.extend(bytes(&json!(model)));
        data.extend([0, 16]);
        data.extend(self.id);
        let (x, y) = self.key.public_key().as_ref()[1..].split_at(32);
        data.extend([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32]);
        data.extend(x);
        data.extend([0x22, 0x58, 32]);
        data.extend(y);
        let signature = sign(&maker.key, &data, &client_data);
        let mut object = b"\xa3cfmtfpackedgattStmt\xa3calg\x26csig\x58".to_vec();
        object.push(u8::try_from(signature.len()).unwrap());
        object.extend(signature);
        object.extend(b"cx5c\x81\x59");
        object.extend(u16::try_from(maker.certificate.len()).unwrap().to_be_bytes());
        object.extend(&maker.certificate);
        object.extend(b"hauthData\x58");
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(data);
        json!({ "id": text(&self.id), "rawId": text(&self.id), "type": "public-key", "response": {
            "clientDataJSON": text(&client_data),
            "attestationObject": text(&object),
            "transports": ["usb"],
        }})
    }

    fn get(&self, options: &Value) -> Value {
        let client_data = Self::client_data("webauthn.get", options);
        let data = self.data(0);
        json!({ "id": text(&self.id), "rawId": text(&self.id), "type": "public-key", "response": {
            "clientDataJSON": text(&client_data),
            "authenticatorData": text(&data),
            "signature": text(&sign(&self.key, &data, &client_data)),
        }})
    }

    async fn enrol(&self, user: &User<'_>, maker: &Maker) {
        let (id, options) = begin_enrolment(user, "stick").await;
        assert_eq!(options["attestation"], "direct");
        let answer = finish_enrolment(user, &id, &self.create(maker, &options)).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
    }
}

fn trusting(maker: &Maker) -> WebAuthn {
    keys().trusting(&maker.root, [MODEL]).unwrap()
}

#[tokio::test]
async fn r_wa_05_an_attested_key_that_cannot_be_copied_reaches_phrh() {
    for setup in setups() {
        let maker = Maker::new();
        let service = setup.with(with(trusting(&maker))).start().await;
        let login = service.login("alice").await;
        let (stick, mut phone) = (Stick::new(0), Device::new());
        enrol(&login, &mut phone, "phone").await;
        let alice = login.with_token(&step_up(&login, &mut phone, "phr").await);
        stick.enrol(&alice, &maker).await;

        let asked = Asked::begin(&login, "phrh").await;
        assert_eq!(asked.id(), text(&stick.id), "the other does not suffice");
        assert_eq!(asked.options["allowCredentials"][0]["transports"], json!(["usb"]));
        // O21's sister: verified, and nobody vouches for it.
        let said = asked.client_data(ORIGIN, "");
        let id = text(phone.keys().keys().next().unwrap());
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
        let maker = Maker::new();
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
        let maker = Maker::new();
        let service = setup.with(with(trusting(&maker))).start().await;
        let alice = service.login("alice").await;
        Stick::new(BE).enrol(&alice, &maker).await;
        assert_eq!(alice.try_begin(json!({ "acr_values": "phrh" })).await.status, 403);
        Asked::begin(&alice, "phr").await;
    }
    for setup in setups() {
        let maker = Maker::new();
        let other = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
        let keys = keys().trusting(&maker.root, [other]).unwrap();
        let service = setup.with(with(keys)).start().await;
        let alice = service.login("alice").await;
        Stick::new(0).enrol(&alice, &maker).await;
        assert_eq!(alice.try_begin(json!({ "acr_values": "phrh" })).await.status, 403);
        Asked::begin(&alice, "phr").await;
    }
}
