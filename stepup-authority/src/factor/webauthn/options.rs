//! What the page gives to the browser: `PublicKeyCredentialCreationOptionsJSON` and
//! `PublicKeyCredentialRequestOptionsJSON` (WebAuthn Level 3 §5.1.8 and §5.1.9).

use serde_json::{Value, json};

use super::RelyingParty;
use super::record::Record;
use crate::sealing::to_text;

/// Milliseconds: what the specification recommends where a user is verified (§15.1).
const TIMEOUT: u32 = 300_000;

/// COSE algorithms: ES256, ES384, and RS256 for older Windows.
const ALGORITHMS: [i32; 3] = [-7, -35, -257];

/// Whose key is to be made, and which.
pub(super) struct Creation<'a> {
    pub(super) user_handle: &'a [u8],
    pub(super) label: &'a str,
    pub(super) challenge: &'a [u8],
    pub(super) has: &'a [Record],
    pub(super) is_discoverable: bool,
    pub(super) is_attested: bool,
}

pub(super) fn creation(relying_party: &RelyingParty, wanted: &Creation<'_>) -> Value {
    let of_algorithm = |alg: &i32| json!({ "type": "public-key", "alg": alg });
    let algorithms: Vec<Value> = ALGORITHMS.iter().map(of_algorithm).collect();
    json!({
        "rp": { "id": relying_party.id, "name": relying_party.name },
        "user": {
            "id": to_text(wanted.user_handle),
            "name": wanted.label,
            "displayName": wanted.label,
        },
        "challenge": to_text(wanted.challenge),
        "pubKeyCredParams": algorithms,
        "timeout": TIMEOUT,
        "excludeCredentials": descriptors(wanted.has),
        "authenticatorSelection": {
            "residentKey": if wanted.is_discoverable { "preferred" } else { "discouraged" },
            "requireResidentKey": false,
            "userVerification": "required",
        },
        "attestation": if wanted.is_attested { "direct" } else { "none" },
    })
}

pub(super) fn request(relying_party: &RelyingParty, challenge: &[u8], of: &[Record]) -> Value {
    json!({
        "rpId": relying_party.id,
        "challenge": to_text(challenge),
        "timeout": TIMEOUT,
        "allowCredentials": descriptors(of),
        "userVerification": "required",
    })
}

fn descriptors(records: &[Record]) -> Vec<Value> {
    let descriptor = |record: &Record| {
        let (kind, id, transports) = ("public-key", record.id(), &record.transports);
        if transports.is_empty() {
            json!({ "type": kind, "id": id })
        } else {
            json!({ "type": kind, "id": id, "transports": transports })
        }
    };
    records.iter().map(descriptor).collect()
}
