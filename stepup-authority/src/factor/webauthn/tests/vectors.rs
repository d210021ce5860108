//! What comes of the specification's vectors, of each of the 15, and why.

#![cfg(test)]

use serde_json::Value;

use super::w3c::{Given, Vector, document, example, model, record, root, signer, vector};
use super::{asserted, enrolled, is_right, is_wrong, registered};
use crate::factor::webauthn::answer::Credential;
use crate::factor::webauthn::record::Record;
use crate::factor::webauthn::verifier::{self, Unverified};
use crate::factor::webauthn::{WebAuthn, client_data};
use crate::factor::{Answer, Checked};

const TAKEN: &str = "taken";
const UNVERIFIED: &str = "UserNotVerified";
const FRAMED: &str = "in a frame";
const UNASKED: &str = "an algorithm that none is asked for";

/// By name: why the registration is refused, and the authentication. What is wrong is set right, one
/// thing after the other, for as long as it can be.
const OUTCOMES: [(&str, &[&str], &[&str]); 15] = [
    ("none-es256", &[UNVERIFIED, TAKEN], &[UNVERIFIED, TAKEN]),
    ("packed-self-es256", &[TAKEN], &[UNVERIFIED, TAKEN]),
    ("none-es256-crossOrigin", &[FRAMED, TAKEN], &[FRAMED, TAKEN]),
    ("none-es256-topOrigin", &[FRAMED, UNVERIFIED, TAKEN], &[FRAMED, TAKEN]),
    ("none-es256-long-credential-id", &[UNVERIFIED, TAKEN], &[TAKEN]),
    ("packed-es256", &[TAKEN], &[TAKEN]),
    ("packed-es384", &[UNVERIFIED, TAKEN], &[TAKEN]),
    ("packed-es512", &["CredentialAlteredAlgFromRequest"], &[UNASKED, UNVERIFIED, TAKEN]),
    ("packed-rs256", &["COSEKeyRSANEInvalid"], &[UNASKED, UNVERIFIED, TAKEN]),
    ("packed-eddsa", &[UNVERIFIED, "SshPublicKeyEDUnsupported"], &[UNASKED, UNVERIFIED, TAKEN]),
    ("packed-ed448", &[UNVERIFIED, "COSEKeyInvalidAlgorithm"], &[UNASKED, TAKEN]),
    ("tpm-es256", &[TAKEN], &[TAKEN]),
    ("android-key-es256", &[TAKEN], &[UNVERIFIED, TAKEN]),
    ("apple-es256", &[UNVERIFIED, TAKEN], &[UNVERIFIED, TAKEN]),
    ("fido-u2f-es256", &[UNVERIFIED, TAKEN], &[UNVERIFIED, TAKEN]),
];

/// O21, R-WA-02. Whether the word of their maker is taken makes no difference: all that are taken
/// can be copied.
#[test]
fn o21_o23_w3c_3_each_vector_is_taken_or_refused_for_its_reason() {
    let vectors = document()["vectors"].as_array().unwrap().clone();
    let models: Vec<String> = vectors.iter().map(model).collect();
    let trusting = example().trusting(&root(), models.iter().map(String::as_str)).unwrap();
    for factor in [example(), trusting] {
        assert_eq!(vectors.len(), OUTCOMES.len());
        for (vector, (name, create, get)) in vectors.iter().zip(OUTCOMES) {
            assert_eq!(vector["anchor"], format!("sctn-test-vectors-{name}"));
            assert_eq!(created(&factor, vector), create, "create {name}");
            assert_eq!(got(&factor, vector), get, "get {name}");
            // UV clear is refused for that alone, whatever else the vector is, and no other is.
            let is_verified = |said: &Value| said["uv"].as_bool().unwrap();
            let is_refused = |reasons: &[&str]| reasons.contains(&UNVERIFIED);
            assert_eq!(is_refused(create), !is_verified(&vector["registration"]), "{name}");
            assert_eq!(is_refused(get), !is_verified(&vector["authentication"]), "{name}");
        }
    }
}

fn created(factor: &WebAuthn, vector: &Vector) -> Vec<String> {
    let why = |given: &Given| {
        let checked = registered(factor, &given.challenge, &given.body());
        if let Checked::Right(proof) = &checked {
            assert_eq!(proof.enrolled.as_ref().unwrap().grade, "passkey");
        }
        let verify = |credential: &Credential<'_>| {
            let (whom, registration) = (&factor.relying_party, credential.registration().unwrap());
            let challenge = &given.challenge;
            verifier::register(whom, &factor.trusted, challenge, credential, registration).map(drop)
        };
        why(factor, client_data::CREATE, given, &checked, verify)
    };
    reasons(why, Given::registration(vector), |given| given)
}

fn got(factor: &WebAuthn, vector: &Vector) -> Vec<String> {
    let (key, by_key) = signer(vector);
    let (record, mut unasked) = match record(vector) {
        Some(record) => (record, Vec::new()),
        None => (by_key, vec![UNASKED.to_owned()]),
    };
    let why = |given: &Given| {
        let checked = asserted(factor, &given.challenge, &record.write().unwrap(), &given.body());
        let verify = |credential: &Credential<'_>| {
            let (whom, assertion) = (&factor.relying_party, credential.assertion().unwrap());
            verifier::verify(whom, &record, &given.challenge, credential, assertion).map(drop)
        };
        why(factor, client_data::GET, given, &checked, verify)
    };
    let given = Given::authentication(vector);
    // Another key signs in the place of one that can be nobody's.
    let given = if unasked.is_empty() { given } else { given.signed_by(&key) };
    unasked.extend(reasons(why, given, |given| given.signed_by(&key)));
    unasked
}

fn reasons(
    why: impl Fn(&Given) -> String,
    mut given: Given,
    signed: impl Fn(Given) -> Given,
) -> Vec<String> {
    let mut reasons = Vec::new();
    loop {
        let reason = why(&given);
        reasons.push(reason);
        given = match reasons.last().unwrap().as_str() {
            FRAMED => signed(given.unframed()),
            UNVERIFIED => signed(given.verified()),
            _ => return reasons,
        };
    }
}

/// What the factor says is what its parts say, which say why.
fn why(
    factor: &WebAuthn,
    kind: &str,
    given: &Given,
    checked: &Checked,
    verify: impl FnOnce(&Credential<'_>) -> Result<(), Unverified>,
) -> String {
    let body = given.body();
    let credential = Credential::read(Answer::new(body.as_object().unwrap())).unwrap();
    let (data, whom) = (&credential.client_data, &factor.relying_party);
    let verified = client_data::check(data, kind, &given.challenge, whom)
        .map_err(|_| FRAMED.to_owned())
        .and_then(|()| {
            verify(&credential).map_err(|unverified| match unverified {
                Unverified::Wrong(error) => format!("{error:?}"),
                Unverified::Impossible => panic!("{unverified:?}"),
            })
        });
    assert_eq!((is_right(checked), is_wrong(checked)), (verified.is_ok(), verified.is_err()));
    verified.map_or_else(|reason| reason, |()| TAKEN.to_owned())
}

#[test]
fn w3c_3_what_is_kept_of_a_key_is_what_its_registration_says() {
    for name in ["packed-self-es256", "packed-es256", "tpm-es256", "android-key-es256"] {
        let vector = vector(name);
        let given = Given::registration(&vector);
        let made = enrolled(registered(&example(), &given.challenge, &given.body()));
        let mut made = Record::read(&made.data).unwrap();
        // The vectors do not say how it is reached.
        made.transports.clear();
        assert_eq!(Some(made), record(&vector), "{name}");
    }
}

#[test]
fn o23_w3c_3_vectors_in_frames_are_refused_unless_allowed() {
    let framed = || example().within_frames_of(["https://example.com"]).unwrap();
    for name in ["none-es256-crossOrigin", "none-es256-topOrigin"] {
        let given = Given::registration(&vector(name));
        for factor in [example(), framed()] {
            assert!(is_wrong(&registered(&factor, &given.challenge, &given.body())), "{name}");
        }
    }
    let elsewhere = example().within_frames_of(["https://example.net"]).unwrap();
    for (name, factor, is_taken) in [
        ("none-es256-crossOrigin", example(), false),
        ("none-es256-crossOrigin", framed(), false),
        ("none-es256-topOrigin", example(), false),
        ("none-es256-topOrigin", elsewhere, false),
        ("none-es256-topOrigin", framed(), true),
    ] {
        let vector = vector(name);
        let (given, record) = (Given::authentication(&vector), record(&vector).unwrap());
        let record = record.write().unwrap();
        let checked = asserted(&factor, &given.challenge, &record, &given.body());
        assert_eq!((is_right(&checked), is_wrong(&checked)), (is_taken, !is_taken), "{name}");
    }
}
