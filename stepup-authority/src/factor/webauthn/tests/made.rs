//! Keys that somebody vouches for. No vector is of such a key that cannot be copied, so one is made
//! of `packed-es256` with the keys that come with it.

#![cfg(test)]

use serde_json::Value;
use stepup_core::Level;

use super::forge::{BE, Key, UV, registration, signed};
use super::w3c::{Vector, bytes, example, model, root, vector};
use super::{enrolled, is_wrong, level, registered};
use crate::factor::Factor;
use crate::factor::webauthn::WebAuthn;
use crate::sealing::{from_text, to_text};

/// Of a maker who made nothing here.
const ANOTHER_ROOT: &[u8] = include_bytes!("another-root.pem");

/// The registration with other flags, attested anew.
fn attested(vector: &Vector, change: impl FnOnce(&mut u8), spoil: bool) -> Value {
    let said = &vector["registration"];
    let object = bytes(&said["attestationObject"]);
    let client_data = bytes(&said["clientDataJSON"]);
    let position = |name: &[u8]| {
        object.windows(name.len()).position(|window| window == name).unwrap() + name.len()
    };
    // 58: a length of one byte follows.
    let data_at = position(b"hauthData\x58") + 1;
    let mut data = object[data_at..].to_vec();
    change(&mut data[32]);
    let signature_at = position(b"csig\x58");
    let certificates_at = signature_at + 1 + usize::from(object[signature_at]);
    let leaf_key = leaf(vector, &object);
    let mut signature = leaf_key.sign(&signed(&data, &client_data));
    if spoil {
        signature = leaf_key.sign(b"something else");
    }
    let mut anew = object[..signature_at].to_vec();
    anew.push(u8::try_from(signature.len()).unwrap());
    anew.extend(signature);
    anew.extend(&object[certificates_at..data_at]);
    anew.extend(data);
    registration(&bytes(&said["credential_id"]), &client_data, &anew)
}

/// The key that the model's certificate is of: its point stands in the certificate.
fn leaf(vector: &Vector, object: &[u8]) -> Key {
    let private = bytes(&vector["attestation_private_key"]);
    let mark = [0x03, 0x42, 0x00, 0x04];
    let at = object.windows(4).position(|window| window == mark).unwrap() + 3;
    Key::of(b"", &private, &object[at..at + 65])
}

#[test]
fn r_wa_05_a_key_of_a_listed_model_that_cannot_be_copied_is_bound() {
    let vector = vector("packed-es256");
    let (model, challenge) = (model(&vector), bytes(&vector["registration"]["challenge"]));
    let trusting = || example().trusting(&root(), [model.as_str()]).unwrap();
    let hardware = attested(&vector, |flags| *flags &= !BE, false);

    let made = enrolled(registered(&trusting(), &challenge, &hardware));
    assert_eq!(made.grade, format!("bound {model}"));
    assert_eq!(level(&trusting(), &made.grade), Level::PHRH);
    // Taken off the list.
    assert_eq!(level(&example(), &made.grade), Level::PHR);

    // Nobody is trusted; another model is; it can be copied.
    let other = "2fc0579f-8113-47ea-b116-bb5a8db9202a";
    let other_model = example().trusting(&root(), [other]).unwrap();
    let another_maker = example().trusting(ANOTHER_ROOT, [model.as_str()]).unwrap();
    let synced = attested(&vector, |_| (), false);
    for (what, factor, body) in [
        ("no root", example(), &hardware),
        ("another maker's root", another_maker, &hardware),
        ("another model", other_model, &hardware),
        ("can be copied", trusting(), &synced),
    ] {
        let made = enrolled(registered(&factor, &challenge, body));
        assert_eq!(made.grade, "passkey", "{what}");
        assert_eq!(level(&factor, &made.grade), Level::PHR, "{what}");
    }
}

/// What is wrong with a word keeps nobody out, whoever is trusted: who sends it could leave it out.
#[test]
fn r_wa_05_a_word_that_was_not_given_for_this_key_counts_for_nothing() {
    let vector = vector("packed-es256");
    let (model, challenge) = (model(&vector), bytes(&vector["registration"]["challenge"]));
    let trusting = example().trusting(&root(), [model.as_str()]).unwrap();
    for factor in [&trusting, &example()] {
        let right = attested(&vector, |flags| *flags &= !BE, false);
        let spoilt = attested(&vector, |flags| *flags &= !BE, true);
        for body in [
            spoilt,
            with(&right, b"cfmthcompound", b"cfmtfpacked"),
            with(&right, b"cfmtqandroid-safetynet", b"cfmtfpacked"),
            with(&right, b"cfmthfido-u2f", b"cfmtfpacked"),
            with(&right, b"cfmtctpm", b"cfmtfpacked"),
            with(&right, b"cfmtdnone", b"cfmtfpacked"),
            with(&right, b"csih\x58", b"csig\x58"),
            with(&right, b"cx5d\x81", b"cx5c\x81"),
        ] {
            let made = enrolled(registered(factor, &challenge, &body));
            assert_eq!((made.grade.as_str(), level(factor, &made.grade)), ("passkey", Level::PHR));
        }
        let unverified = attested(&vector, |flags| *flags &= !(BE | UV), false);
        assert!(is_wrong(&registered(factor, &challenge, &unverified)));
    }
}

/// The registration with other bytes in its attestation object.
fn with(body: &Value, bytes: &[u8], in_place_of: &[u8]) -> Value {
    let mut body = body.clone();
    let object = &mut body["credential"]["response"]["attestationObject"];
    let whole = from_text(object.as_str().unwrap()).unwrap();
    let len = in_place_of.len();
    let at = whole.windows(len).position(|window| window == in_place_of).unwrap();
    *object = to_text(&[&whole[..at], bytes, &whole[at + len..]].concat()).into();
    body
}

#[test]
fn r_wa_05_what_users_without_a_word_reach_does_not_hang_on_who_is_trusted() {
    let trusting = example().trusting(&root(), ["2fc0579f-8113-47ea-b116-bb5a8db9202a"]).unwrap();
    for factor in [&trusting, &example()] {
        for grade in ["passkey", "", "bound", "bound ", "bound x", "other"] {
            assert_eq!(level(factor, grade), Level::PHR, "{grade}");
        }
    }
    let best = |factor: &WebAuthn| factor.strength().levels().last().unwrap();
    assert_eq!((best(&trusting), best(&example())), (Level::PHRH, Level::PHR));
    let all = |factor: &WebAuthn| {
        let best = factor.strengths().into_iter().map(|sort| sort.levels().last().unwrap());
        best.collect::<Vec<_>>()
    };
    assert_eq!(
        (all(&trusting), all(&example())),
        (vec![Level::PHR, Level::PHRH], vec![Level::PHR])
    );
}
