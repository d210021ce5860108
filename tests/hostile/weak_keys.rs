//! T27: keys that anybody could have guessed do not start.

use serde_json::{Value, json};
use stepup_core::{Algorithm, KeySet};
use stepup_tests::Issuer;

use crate::forge::{base64url, der, der_integer, pem};

/// A modulus of so many bits; nobody has its private half.
fn modulus(bits: usize) -> Vec<u8> {
    let mut n = vec![0xA5; bits.div_ceil(8)];
    n[0] = 1 << ((bits - 1) % 8);
    n
}

fn rsa(bits: usize, e: &[u8]) -> Value {
    json!({"kty": "RSA", "alg": "RS256", "n": base64url(modulus(bits)), "e": base64url(e)})
}

fn with(key: &Value, member: &str, value: Value) -> Value {
    let mut key = key.clone();
    key[member] = value;
    key
}

fn starts(keys: &Value) -> bool {
    KeySet::from_jwks(json!({ "keys": keys }).to_string().as_bytes()).is_ok()
}

#[test]
fn t27_a_weak_key_does_not_start() {
    let f4 = [1, 0, 1];
    let ec = Issuer::new(Algorithm::Es256).jwk();
    let ed = Issuer::with_kid(Algorithm::EdDsa, "ed").jwk();
    let zeros = json!(base64url([0; 32]));
    let mut even = modulus(2048);
    even[255] = 0xA4;
    for (name, key) in [
        ("RSA of 512 bits", rsa(512, &f4)),
        ("RSA of 768 bits", rsa(768, &f4)),
        ("RSA of 1024 bits", rsa(1024, &f4)),
        ("RSA of 2047 bits", rsa(2047, &f4)),
        ("RSA of 8193 bits", rsa(8193, &f4)),
        ("RSA of 16384 bits", rsa(16384, &f4)),
        ("RSA with e = 0", rsa(2048, &[0])),
        ("RSA with e = 1", rsa(2048, &[1])),
        ("RSA with e = 2", rsa(2048, &[2])),
        ("RSA with an even e", rsa(2048, &[1, 0, 0])),
        ("RSA with a padded e = 1", rsa(2048, &[0, 0, 1])),
        ("RSA with a long e", rsa(2048, &[1, 0, 0, 0, 0, 0, 1])),
        ("RSA with e as long as n", rsa(2048, &modulus(2047))),
        ("RSA without e", with(&rsa(2048, &f4), "e", json!(null))),
        ("RSA without n", with(&rsa(2048, &f4), "n", json!(null))),
        ("RSA with n = 0", with(&rsa(2048, &f4), "n", json!(base64url([0; 256])))),
        ("RSA with an even n", with(&rsa(2048, &f4), "n", json!(base64url(even)))),
        (
            "RSA of 512 bits, padded",
            with(&rsa(2048, &f4), "n", json!(base64url([vec![0; 192], modulus(512)].concat()))),
        ),
        ("a secret of one byte", json!({"kty": "oct", "alg": "HS256", "k": "AA"})),
        ("a secret of 32 bytes", json!({"kty": "oct", "alg": "HS256", "k": "A".repeat(43)})),
        ("a point at 0", with(&with(&ec, "x", zeros.clone()), "y", zeros.clone())),
        ("a point off the curve", with(&ec, "y", ec["x"].clone())),
        ("a short coordinate", with(&ec, "x", json!(base64url([1; 31])))),
        ("a long coordinate", with(&ec, "x", json!(base64url([1; 33])))),
        ("a point called P-384", with(&ec, "crv", json!("P-384"))),
        ("a point for ES384", with(&ec, "alg", json!("ES384"))),
        ("Ed25519 of 31 bytes", with(&ed, "x", json!(base64url([1; 31])))),
        ("Ed25519 of 33 bytes", with(&ed, "x", json!(base64url([1; 33])))),
        ("Ed25519 of nothing", with(&ed, "x", json!(""))),
        ("a private key", with(&ec, "d", json!(base64url([1; 32])))),
    ] {
        assert!(!starts(&json!([key])), "{name}");
        let other = Issuer::with_kid(Algorithm::Es256, "other").jwk();
        assert!(!starts(&json!([other, key])), "{name}, beside a good one");
    }
    for (name, keys) in [
        ("RSA of 2048 bits", json!([rsa(2048, &f4)])),
        ("RSA of 8192 bits", json!([rsa(8192, &f4)])),
        ("RSA with e = 3", json!([rsa(2048, &[3])])),
        ("a point and Ed25519", json!([ec, ed])),
    ] {
        assert!(starts(&keys), "{name}");
    }
}

/// With these anybody can sign: of such a point, any multiple is one of eight.
#[test]
fn t27_a_key_without_a_secret_does_not_start() {
    let ends = |first: u8, rest: u8, last: u8| {
        let mut y = [rest; 32];
        (y[0], y[31]) = (first, last);
        y
    };
    let eighth = [
        0x26, 0xE8, 0x95, 0x8F, 0xC2, 0xB2, 0x27, 0xB0, 0x45, 0xC3, 0xF4, 0x89, 0xF2, 0xEF, 0x98,
        0xF0, 0xD5, 0xDF, 0xAC, 0x05, 0xD3, 0xC6, 0x33, 0x39, 0xB1, 0x38, 0x02, 0x88, 0x6D, 0x53,
        0xFC, 0x05,
    ];
    let other_eighth = [
        0xC7, 0x17, 0x6A, 0x70, 0x3D, 0x4D, 0xD8, 0x4F, 0xBA, 0x3C, 0x0B, 0x76, 0x0D, 0x10, 0x67,
        0x0F, 0x2A, 0x20, 0x53, 0xFA, 0x2C, 0x39, 0xCC, 0xC6, 0x4E, 0xC7, 0xFD, 0x77, 0x92, 0xAC,
        0x03, 0x7A,
    ];
    for (name, y) in [
        ("order 1", ends(1, 0, 0)),
        ("order 2", ends(0xEC, 0xFF, 0x7F)),
        ("order 4", [0; 32]),
        ("order 8", eighth),
        ("order 8, the other", other_eighth),
        ("order 4, spelled p", ends(0xED, 0xFF, 0x7F)),
        ("order 1, spelled p + 1", ends(0xEE, 0xFF, 0x7F)),
    ] {
        for sign in [0, 0x80] {
            let mut y = y;
            y[31] |= sign;
            let key = json!({"kty": "OKP", "crv": "Ed25519", "x": base64url(y)});
            assert!(!starts(&json!([key])), "{name}, sign {sign}");
        }
    }
}

#[test]
fn t27_no_keys_do_not_start() {
    let good = Issuer::new(Algorithm::Es256).jwk();
    for (name, keys) in [
        ("none", json!([])),
        ("one for encryption", json!([with(&good, "use", json!("enc"))])),
        ("one of an unknown algorithm", json!([with(&good, "alg", json!("ES256K"))])),
        ("one for none", json!([with(&good, "alg", json!("none"))])),
        ("two of one name", json!([good, Issuer::new(Algorithm::EdDsa).jwk()])),
    ] {
        assert!(!starts(&keys), "{name}");
    }
    assert!(starts(&json!([good])), "the control");
}

#[test]
fn t27_a_weak_pem_does_not_start() {
    let rsa = |bits: usize, e: &[u8]| {
        let key = der(0x30, &[der_integer(&modulus(bits)), der_integer(e)].concat());
        // rsaEncryption and NULL (RFC 3279 §2.3.1).
        let oid = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00];
        let bits = der(0x03, &[&[0], key.as_slice()].concat());
        pem("PUBLIC KEY", &der(0x30, &[der(0x30, &oid), bits].concat()))
    };
    for (name, text, starts) in [
        ("2048 bits", rsa(2048, &[1, 0, 1]), true),
        ("512 bits", rsa(512, &[1, 0, 1]), false),
        ("1024 bits", rsa(1024, &[1, 0, 1]), false),
        ("2047 bits", rsa(2047, &[1, 0, 1]), false),
        ("e = 1", rsa(2048, &[1]), false),
        ("e = 2", rsa(2048, &[2]), false),
        ("a secret", "secret".to_owned(), false),
        ("nothing", String::new(), false),
    ] {
        let read = KeySet::from_pem(Algorithm::Rs256, text.as_bytes());
        assert_eq!(read.is_ok(), starts, "{name}");
    }
}
