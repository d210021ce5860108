//! Keys of every algorithm that is asked for, and of none other.

#![cfg(test)]

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{self, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING as ES256, ECDSA_P384_SHA384_ASN1_SIGNING as ES384, EcdsaKeyPair,
    EcdsaSigningAlgorithm, KeyPair as _, RSA_PKCS1_SHA256,
};
use serde_json::{Value, json};

use super::forge::{Said, registration, signed, unvouched};
use super::{asserted, enrolled, is_right, is_wrong, registered};
use crate::factor::webauthn::WebAuthn;
use crate::sealing::to_text;

const CHALLENGE: &[u8; 32] = b"thirty-two bytes of a challenge.";

fn bank() -> WebAuthn {
    WebAuthn::new("bank.example", ["https://bank.example"]).unwrap()
}

fn given(sign: impl FnOnce(&[u8]) -> Vec<u8>) -> Value {
    let said = Said::to(CHALLENGE);
    let (data, client_data) = (said.authenticator_data(), said.client_data());
    let mut body = registration(b"key", &client_data, b"");
    body["credential"]["response"] = json!({
        "clientDataJSON": to_text(&client_data),
        "authenticatorData": to_text(&data),
        "signature": to_text(&sign(&signed(&data, &client_data))),
    });
    body
}

fn created(key: &[u8]) -> Value {
    unvouched(b"key", key, &Said::creating(CHALLENGE))
}

/// Enrols the key and has it sign, and something else signed.
fn serves(key: &[u8], sign: impl Fn(&[u8]) -> Vec<u8>) {
    let made = enrolled(registered(&bank(), CHALLENGE, &created(key)));
    assert!(is_right(&asserted(&bank(), CHALLENGE, &made.data, &given(&sign))));
    let other = given(|_| sign(b"something else"));
    assert!(is_wrong(&asserted(&bank(), CHALLENGE, &made.data, &other)));
}

/// In COSE, as being of this algorithm and curve.
fn point(pair: &EcdsaKeyPair, algorithm: &[u8], curve: u8) -> Vec<u8> {
    let point = &pair.public_key().as_ref()[1..];
    let (x, y) = point.split_at(point.len() / 2);
    let len = u8::try_from(x.len()).unwrap();
    let curve = [&[0x20, curve][..], &[0x21, 0x58, len], x, &[0x22, 0x58, len], y].concat();
    [&[0xa5, 1, 2, 3][..], algorithm, &curve].concat()
}

fn modulus(n: &[u8], e: &[u8], algorithm: &[u8]) -> Vec<u8> {
    let len = u16::try_from(n.len()).unwrap().to_be_bytes();
    let exponent = [&[0x21, 0x40 | u8::try_from(e.len()).unwrap()], e].concat();
    [&[0xa4, 1, 3, 3][..], algorithm, &[0x20, 0x59], &len, n, &exponent].concat()
}

fn pair(algorithm: &'static EcdsaSigningAlgorithm) -> EcdsaKeyPair {
    EcdsaKeyPair::generate(algorithm).unwrap()
}

const ALG_ES256: &[u8] = &[0x26];
const ALG_ES384: &[u8] = &[0x38, 0x22];
const ALG_RS256: &[u8] = &[0x39, 1, 0];
const ALG_PS256: &[u8] = &[0x38, 0x24];

#[test]
fn r_wa_01_keys_of_each_algorithm_that_is_asked_for_serve() {
    for (algorithm, alg, curve) in [(&ES256, ALG_ES256, 1), (&ES384, ALG_ES384, 2)] {
        let pair = pair(algorithm);
        let sign = |message: &[u8]| pair.sign(&SystemRandom::new(), message).unwrap();
        serves(&point(&pair, alg, curve), |message| sign(message).as_ref().to_vec());
    }
    let pair = rsa::KeyPair::generate(KeySize::Rsa2048).unwrap();
    let public = pair.public_key();
    let (n, e) = (public.modulus(), public.exponent());
    let (n, e) = (n.big_endian_without_leading_zero(), e.big_endian_without_leading_zero());
    serves(&modulus(n, e, ALG_RS256), |message| {
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).unwrap();
        signature
    });
}

/// §7.1 step 20, and RFC 9053: each algorithm with its own sort of key.
#[test]
fn r_wa_01_keys_of_other_algorithms_and_curves_are_refused() {
    let (p256, p384) = (pair(&ES256), pair(&ES384));
    let mut off_the_curve = point(&p256, ALG_ES256, 1);
    *off_the_curve.last_mut().unwrap() ^= 1;
    let n = [0xff; 256];
    for (what, key) in [
        ("ES384 on P-256", point(&p256, ALG_ES384, 1)),
        ("ES256 on P-384", point(&p384, ALG_ES256, 2)),
        ("P-256 that says it is P-384", point(&p256, ALG_ES256, 2)),
        ("no point of the curve", off_the_curve),
        ("EdDSA on P-256", point(&p256, &[0x27], 1)),
        ("ES512 on P-256", point(&p256, &[0x38, 0x23], 1)),
        ("RS256 with a point", point(&p256, ALG_RS256, 1)),
        ("PS256", modulus(&n, &[1, 0, 1], ALG_PS256)),
        ("RS1", modulus(&n, &[1, 0, 1], &[0x39, 0xff, 0xfe])),
        ("1024 bits", modulus(&n[..128], &[1, 0, 1], ALG_RS256)),
        ("an exponent of one byte", modulus(&n, &[3], ALG_RS256)),
        ("no key", vec![0xa0]),
        ("no map", vec![0x80]),
    ] {
        assert!(is_wrong(&registered(&bank(), CHALLENGE, &created(&key))), "{what}");
    }
}
