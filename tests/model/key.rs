//! An authenticator that signs whatever it is told to, and the browser in front of it.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// The bank's relying party and page.
pub const RP_ID: &str = "bank.example";
pub const ORIGIN: &str = "https://bank.example";

/// One key, for one user at the bank.
#[derive(Debug)]
pub struct Key {
    /// The credential's id.
    pub id: String,
    /// Whom the bank said that it is for, as it said it.
    user_handle: Value,
    pair: EcdsaKeyPair,
}

/// What is signed.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    pub challenge: &'a str,
    pub origin: &'a str,
    pub is_verified: bool,
    pub count: u32,
}

impl<'a> Said<'a> {
    /// On the bank's page, by its verified user, with a key that does not count.
    pub fn to(challenge: &'a str) -> Self {
        Self { challenge, origin: ORIGIN, is_verified: true, count: 0 }
    }

    fn client_data(&self, kind: &str) -> Vec<u8> {
        let Self { challenge, origin, .. } = self;
        let data = json!({ "type": kind, "challenge": challenge, "origin": origin });
        data.to_string().into_bytes()
    }

    fn authenticator_data(&self, flags: u8) -> Vec<u8> {
        const PRESENT: u8 = 0x01;
        const VERIFIED: u8 = 0x04;
        let verified = if self.is_verified { VERIFIED } else { 0 };
        let mut data = digest(&SHA256, RP_ID.as_bytes()).as_ref().to_vec();
        data.push(PRESENT | verified | flags);
        data.extend(self.count.to_be_bytes());
        data
    }
}

impl Key {
    /// A new one for the user of these creation options.
    pub fn of(options: &Value) -> Self {
        let mut id = [0; 16];
        SystemRandom::new().fill(&mut id).expect("random numbers");
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key");
        Self { id: text(&id), user_handle: options["user"]["id"].clone(), pair }
    }

    /// `navigator.credentials.create()` and `toJSON()`: nobody vouches for it.
    pub fn create(&self, said: &Said<'_>) -> Value {
        const HAS_KEY: u8 = 0x40;
        let id = URL_SAFE_NO_PAD.decode(&self.id).expect("base64url");
        let (x, y) = self.pair.public_key().as_ref()[1..].split_at(32);
        let mut data = said.authenticator_data(HAS_KEY);
        data.extend([0; 16]);
        data.extend([0, 16]);
        data.extend(id);
        // COSE: {1: 2, 3: -7, -1: 1, -2: x, -3: y}.
        data.extend([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32]);
        data.extend(x);
        data.extend([0x22, 0x58, 32]);
        data.extend(y);
        // CBOR: {"fmt": "none", "attStmt": {}, "authData": …}.
        let mut object = b"\xa3cfmtdnonegattStmt\xa0hauthData\x58".to_vec();
        object.push(u8::try_from(data.len()).expect("short"));
        object.extend(data);
        let client_data = said.client_data("webauthn.create");
        self.credential(json!({
            "clientDataJSON": text(&client_data),
            "attestationObject": text(&object),
            "transports": ["internal"],
        }))
    }

    /// `navigator.credentials.get()` and `toJSON()`.
    pub fn get(&self, said: &Said<'_>) -> Value {
        let client_data = said.client_data("webauthn.get");
        let data = said.authenticator_data(0);
        let signed = [&*data, digest(&SHA256, &client_data).as_ref()].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &signed).expect("it signs");
        self.credential(json!({
            "clientDataJSON": text(&client_data),
            "authenticatorData": text(&data),
            "signature": text(signature.as_ref()),
            "userHandle": self.user_handle,
        }))
    }

    fn credential(&self, response: Value) -> Value {
        json!({ "id": self.id, "rawId": self.id, "type": "public-key", "response": response })
    }
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
