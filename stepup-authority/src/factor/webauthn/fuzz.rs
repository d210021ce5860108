//! For the fuzz target: answers of browsers, to the challenges of the specification's own vectors,
//! so that what is kept of the target begins where all checks pass.

#![cfg(fuzzing)]
#![expect(missing_docs, clippy::panic, clippy::expect_used, reason = "the target's own")]

use std::sync::LazyLock;

use serde_json::Value;
use stepup_core::Timestamp;

use super::WebAuthn;
use super::answer::Credential;
use super::record::Asked;
use crate::SealingKeys;
use crate::factor::{Answer, Check, Checked, Purpose, User, Vault};
use crate::json::read_object;
use crate::sealing::to_text;

const VECTOR: &str = "sctn-test-vectors-packed-es256";

/// A key of which both answers are right, and what is kept of it.
struct Known {
    factor: WebAuthn,
    keys: SealingKeys,
    vector: Value,
    record: Vec<u8>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let document: Value =
        serde_json::from_str(include_str!("tests/w3c-level-3.json")).expect("a document");
    let vectors = document["vectors"].as_array().expect("vectors");
    let vector = vectors.iter().find(|vector| vector["anchor"] == VECTOR).expect("the vector");
    let (vector, root) = (vector.clone(), bytes(&document["attestation_ca_cert"]));
    let model = bytes(&vector["registration"]["aaguid"]);
    let model = uuid::Uuid::from_slice(&model).expect("a model").to_string();
    let factor = WebAuthn::new("example.org", ["https://example.org"]).expect("a relying party");
    let factor = factor.trusting(&root, [model.as_str()]).expect("a root");
    let keys = SealingKeys::generate().expect("random numbers");
    let mut known = Known { factor, keys, vector, record: Vec::new() };
    let said = &known.vector["registration"];
    let id = to_text(&bytes(&said["credential_id"]));
    let body = serde_json::json!({ "credential": {
        "id": id, "rawId": id, "type": "public-key",
        "response": {
            "clientDataJSON": to_text(&bytes(&said["clientDataJSON"])),
            "attestationObject": to_text(&bytes(&said["attestationObject"])),
        },
    }});
    let Checked::Right(proof) = known.check(Purpose::Enrolment, &body) else {
        panic!("the vector is right");
    };
    known.record = proof.enrolled.expect("a key").data.to_vec();
    known
});

impl Known {
    fn check(&self, purpose: Purpose, body: &Value) -> Checked {
        let said = match purpose {
            Purpose::Enrolment => &self.vector["registration"],
            Purpose::StepUp => &self.vector["authentication"],
        };
        let asked = Asked::new(&bytes(&said["challenge"]), &[]).write().expect("it is written");
        let enrolled = [self.record.as_slice()];
        self.factor.checked(&Check {
            data: b"key",
            user: User {
                issuer: "https://authority.example",
                subject: "alice",
                enrolled: if self.record.is_empty() { &[] } else { &enrolled },
            },
            purpose,
            kept: Some(&asked),
            answer: Answer::new(body.as_object().expect("an object")),
            now: Timestamp::from_secs(1_800_000_000),
            writes_lost_at: None,
            vault: Vault::new(&self.keys, "ceremony", "factor"),
        })
    }
}

pub fn webauthn_answer(json: &[u8]) {
    let Some(body) = read_object(json).map(Value::Object) else { return };
    let known = &*KNOWN;
    if let Checked::Right(proof) = known.check(Purpose::Enrolment, &body) {
        let made = proof.enrolled.expect("a key");
        // The one key that its maker vouches for may be copied.
        assert_eq!(made.grade, "passkey");
        let credential = credential(&body);
        assert!(super::record::Record::read(&made.data).expect("a record").is_of(&credential.id));
    }
    if let Checked::Right(proof) = known.check(Purpose::StepUp, &body) {
        assert_eq!(proof.by, 0);
        let (said, credential) = (&known.vector["authentication"], credential(&body));
        let assertion = credential.assertion().expect("an assertion");
        // Whatever else is in it, what was signed is what the key has signed.
        assert_eq!(credential.client_data, bytes(&said["clientDataJSON"]));
        assert_eq!(assertion.authenticator_data, bytes(&said["authenticatorData"]));
    }
}

fn credential(body: &Value) -> Credential<'_> {
    Credential::read(Answer::new(body.as_object().expect("an object"))).expect("a credential")
}

fn bytes(hex: &Value) -> Vec<u8> {
    let digits = hex.as_str().expect("hexadecimal digits").as_bytes().chunks(2);
    let byte = |pair: &[u8]| {
        u8::from_str_radix(std::str::from_utf8(pair).expect("digits"), 16).expect("digits")
    };
    digits.map(byte).collect()
}
