use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _,
};
use base64_simd::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::*;
use crate::resource::algorithm::Algorithm::{EdDsa, Es256, Es384, Ps256, Rs256};

fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode_to_string(bytes)
}

fn with(mut jwk: Value, more: &Value) -> Value {
    jwk.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    jwk
}

/// A modulus of so many bits. Nobody has its private half, and nothing here needs it.
fn modulus(bits: usize) -> Vec<u8> {
    let mut n = vec![0xA5; bits.div_ceil(8)];
    n[0] = 1 << ((bits - 1) % 8);
    n
}

fn rsa(n: &[u8], e: &[u8]) -> Value {
    json!({"kty": "RSA", "alg": "RS256", "n": base64url(n), "e": base64url(e)})
}

fn ec(signing: &'static EcdsaSigningAlgorithm, curve: &str) -> Value {
    let pair = EcdsaKeyPair::generate(signing).unwrap();
    let (x, y) = pair.public_key().as_ref()[1..].split_at(if curve == "P-256" { 32 } else { 48 });
    json!({"kty": "EC", "crv": curve, "x": base64url(x), "y": base64url(y)})
}

fn ed() -> Value {
    let pair = Ed25519KeyPair::generate().unwrap();
    json!({"kty": "OKP", "crv": "Ed25519", "x": base64url(pair.public_key().as_ref())})
}

fn set(keys: &[&Value]) -> Vec<u8> {
    json!({ "keys": keys }).to_string().into_bytes()
}

/// T27, T3, R-JWT-02, R-JWT-09.
#[test]
fn t27_a_key_set_with_a_bad_key_is_refused() {
    use KeyFault::{Malformed, NoAlgorithm, NoKey, OtherKind, Private, SameKid, Symmetric, Weak};
    let f4 = [1, 0, 1];
    let good = rsa(&modulus(2048), &f4);
    let p256 = ec(&ECDSA_P256_SHA256_FIXED_SIGNING, "P-256");
    let p384 = ec(&ECDSA_P384_SHA384_FIXED_SIGNING, "P-384");
    let ed = ed();
    let named = |jwk: &Value, kid: &str| with(jwk.clone(), &json!({ "kid": kid }));
    let of = |jwk: &Value, alg: &str| with(jwk.clone(), &json!({ "alg": alg }));
    let moved = with(p256.clone(), &json!({ "y": p256["x"] }));
    let relabelled = with(p384.clone(), &json!({"crv": "P-256"}));
    let mut zero_first = modulus(2048);
    zero_first.insert(0, 0);
    for (name, keys, expected) in [
        ("2048 bits", vec![good.clone()], Ok(vec![Rs256])),
        ("8192 bits, exponent 3", vec![rsa(&modulus(8192), &[3])], Ok(vec![Rs256])),
        (
            "all kinds",
            vec![good.clone(), p256.clone(), p384.clone(), ed.clone()],
            Ok(vec![Rs256, Es256, Es384, EdDsa]),
        ),
        (
            "stated",
            vec![of(&p256, "ES256"), of(&ed, "Ed25519"), of(&good, "PS256")],
            Ok(vec![Es256, EdDsa, Ps256]),
        ),
        ("512 bits", vec![rsa(&modulus(512), &f4)], Err((1, Weak))),
        ("1024 bits", vec![rsa(&modulus(1024), &f4)], Err((1, Weak))),
        ("2047 bits", vec![rsa(&modulus(2047), &f4)], Err((1, Weak))),
        ("8193 bits", vec![rsa(&modulus(8193), &f4)], Err((1, Weak))),
        ("exponent 1", vec![rsa(&modulus(2048), &[1])], Err((1, Weak))),
        ("exponent 2", vec![rsa(&modulus(2048), &[2])], Err((1, Weak))),
        ("even exponent", vec![rsa(&modulus(2048), &[1, 0, 0])], Err((1, Weak))),
        ("long exponent", vec![rsa(&modulus(2048), &[1, 0, 0, 0, 1])], Err((1, Weak))),
        ("exponent 0", vec![rsa(&modulus(2048), &[0])], Err((1, Malformed))),
        ("no exponent", vec![rsa(&modulus(2048), &[])], Err((1, Malformed))),
        ("no modulus", vec![rsa(&[], &f4)], Err((1, Malformed))),
        ("padded modulus", vec![rsa(&zero_first, &f4)], Err((1, Malformed))),
        ("padded exponent", vec![rsa(&modulus(2048), &[0, 1, 0, 1])], Err((1, Malformed))),
        ("weak behind a good one", vec![ed.clone(), rsa(&modulus(512), &f4)], Err((2, Weak))),
        (
            "RSA without alg",
            vec![of(&good, "RS256"), with(good.clone(), &json!({"alg": null}))],
            Err((2, NoAlgorithm)),
        ),
        ("symmetric", vec![json!({"kty": "oct", "k": "AAAA"})], Err((1, Symmetric))),
        (
            "symmetric beside others",
            vec![good.clone(), json!({"kty": "oct", "k": "AAAA"})],
            Err((2, Symmetric)),
        ),
        (
            "symmetric in disguise",
            vec![with(good.clone(), &json!({"k": "AAAA"}))],
            Err((1, Symmetric)),
        ),
        ("private RSA", vec![with(good.clone(), &json!({"d": "AAAA"}))], Err((1, Private))),
        ("private EC", vec![with(p256.clone(), &json!({"d": "AAAA"}))], Err((1, Private))),
        ("private Ed25519", vec![with(ed.clone(), &json!({"d": "AAAA"}))], Err((1, Private))),
        (
            "same kid",
            vec![named(&p256, "a"), named(&ed, "b"), named(&p384, "a")],
            Err((3, SameKid)),
        ),
        ("same empty kid", vec![named(&p256, ""), named(&ed, "")], Err((2, SameKid))),
        ("no kid twice", vec![p256.clone(), p256.clone()], Ok(vec![Es256])),
        (
            "same kid for encryption",
            vec![with(named(&good, "a"), &json!({"use": "enc"})), named(&ed, "a")],
            Ok(vec![EdDsa]),
        ),
        ("point off its curve", vec![moved], Err((1, Malformed))),
        ("point of another curve", vec![relabelled], Err((1, Malformed))),
        ("P-256 for ES384", vec![of(&p256, "ES384")], Err((1, OtherKind))),
        ("P-384 for ES256", vec![of(&p384, "ES256")], Err((1, OtherKind))),
        ("P-256 for EdDSA", vec![of(&p256, "EdDSA")], Err((1, OtherKind))),
        ("P-256 for RS256", vec![of(&p256, "RS256")], Err((1, OtherKind))),
        ("Ed25519 for ES256", vec![of(&ed, "ES256")], Err((1, OtherKind))),
        ("RSA for ES256", vec![of(&good, "ES256")], Err((1, OtherKind))),
        ("RSA for EdDSA", vec![of(&good, "EdDSA")], Err((1, OtherKind))),
        ("short Ed25519", vec![with(ed.clone(), &json!({"x": "AAAA"}))], Err((1, Malformed))),
        ("for encryption", vec![with(good.clone(), &json!({"use": "enc"}))], Err((0, NoKey))),
        (
            "for encryption, beside",
            vec![with(good.clone(), &json!({"use": "enc"})), ed.clone()],
            Ok(vec![EdDsa]),
        ),
        (
            "to be passed over though weak",
            vec![with(rsa(&modulus(512), &f4), &json!({"use": "enc"})), ed.clone()],
            Ok(vec![EdDsa]),
        ),
        ("unknown type", vec![json!({"kty": "AKP", "pub": "AAAA"})], Err((0, NoKey))),
        (
            "unknown type, beside",
            vec![json!({"kty": "AKP", "pub": "AAAA"}), ed.clone()],
            Ok(vec![EdDsa]),
        ),
        (
            "unknown curve, beside",
            vec![json!({"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA"}), ed.clone()],
            Ok(vec![EdDsa]),
        ),
        ("symmetric algorithm", vec![of(&good, "HS256")], Err((0, NoKey))),
        ("algorithm none", vec![of(&ed, "none")], Err((0, NoKey))),
        ("unknown algorithm, beside", vec![of(&good, "RSA-OAEP"), ed.clone()], Ok(vec![EdDsa])),
        ("nothing", vec![], Err((0, NoKey))),
    ] {
        let keys: Vec<_> = keys.iter().collect();
        let read = KeySet::from_jwks(&set(&keys)).map(|keys| keys.algorithms());
        let expected =
            expected.map_err(|(key, fault)| KeyError { key: (key > 0).then_some(key), fault });
        assert_eq!(read, expected, "{name}");
    }
}

#[test]
fn t3_an_rsa_key_without_alg_needs_the_api_to_name_one() {
    use KeyFault::{NoKey, Weak};
    let unstated = |bits| with(rsa(&modulus(bits), &[1, 0, 1]), &json!({"alg": null}));
    let of = |alg: &str| with(unstated(2048), &json!({ "alg": alg }));
    let ed = ed();
    for (name, keys, expected) in [
        ("unstated", vec![unstated(2048)], Ok(1)),
        ("unstated and equal", vec![unstated(2048), of("PS256")], Ok(2)),
        ("others are passed over", vec![of("RS256"), ed.clone(), unstated(2048)], Ok(1)),
        ("none left", vec![of("RS256"), ed], Err(KeyError { key: None, fault: NoKey })),
        ("weak", vec![unstated(1024)], Err(KeyError { key: Some(1), fault: Weak })),
    ] {
        let keys: Vec<_> = keys.iter().collect();
        let read = KeySet::from_jwks_with(Ps256, &set(&keys));
        if let Ok(read) = &read {
            assert_eq!(read.algorithms(), [Ps256], "{name}");
        }
        assert_eq!(read.map(|read| read.keys.len()), expected, "{name}");
    }
}

/// One DER value (X.690 §8.1): just enough to write down a key that no library would make.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let length = &length[length.iter().position(|byte| *byte > 0).unwrap()..];
    let long = 0x80 | u8::try_from(length.len()).unwrap();
    let head = if content.len() < 0x80 { vec![tag] } else { vec![tag, long] };
    [&head, length, content].concat()
}

fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode_to_string(der))
}

fn rsa_pem(n: &[u8], e: &[u8]) -> String {
    let integer = |bytes: &[u8]| der(0x02, &[&[0][..usize::from(bytes[0] > 0x7F)], bytes].concat());
    let key = der(0x30, &[integer(n), integer(e)].concat());
    // rsaEncryption and NULL (RFC 3279 §2.3.1).
    let oid = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00];
    let bits = der(0x03, &[&[0], key.as_slice()].concat());
    pem("PUBLIC KEY", &der(0x30, &[der(0x30, &oid), bits].concat()))
}

#[test]
fn t27_a_pem_of_another_kind_or_a_weak_one_is_refused() {
    use KeyFault::{NoPem, OtherKind, Weak};
    let f4 = [1, 0, 1];
    let good = rsa_pem(&modulus(2048), &f4);
    let ec = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let private = pem("PRIVATE KEY", ec.to_pkcs8v1().unwrap().as_ref());
    let ec = pem("PUBLIC KEY", ec.public_key().as_der().unwrap().as_ref());
    let ed = Ed25519KeyPair::generate().unwrap();
    let ed = pem("PUBLIC KEY", ed.public_key().as_der().unwrap().as_ref());
    for (name, algorithm, text, expected) in [
        ("RSA", Rs256, good.clone(), None),
        ("RSA for PS256", Ps256, good.clone(), None),
        ("EC", Es256, ec.clone(), None),
        ("Ed25519", EdDsa, ed.clone(), None),
        ("words before it", EdDsa, format!("issuer's key\n{ed}"), None),
        ("512 bits", Rs256, rsa_pem(&modulus(512), &f4), Some(Weak)),
        ("1024 bits", Rs256, rsa_pem(&modulus(1024), &f4), Some(Weak)),
        ("2047 bits", Ps256, rsa_pem(&modulus(2047), &f4), Some(Weak)),
        ("exponent 1", Rs256, rsa_pem(&modulus(2048), &[1]), Some(OtherKind)),
        ("even exponent", Rs256, rsa_pem(&modulus(2048), &[2]), Some(OtherKind)),
        ("RSA for ES256", Es256, good.clone(), Some(OtherKind)),
        ("RSA for EdDSA", EdDsa, good, Some(OtherKind)),
        ("EC for RS256", Rs256, ec.clone(), Some(OtherKind)),
        ("P-256 for ES384", Es384, ec.clone(), Some(OtherKind)),
        ("EC for EdDSA", EdDsa, ec, Some(OtherKind)),
        ("Ed25519 for ES256", Es256, ed.clone(), Some(OtherKind)),
        ("Ed25519 for RS256", Rs256, ed.clone(), Some(OtherKind)),
        ("nothing", Rs256, String::new(), Some(NoPem)),
        ("a secret", Rs256, "secret".to_owned(), Some(NoPem)),
        ("a private key", Es256, private, Some(NoPem)),
        ("another label", EdDsa, ed.replace("PUBLIC KEY", "CERTIFICATE"), Some(NoPem)),
        ("cut off", EdDsa, ed.split_at(ed.len() / 2).0.to_owned(), Some(NoPem)),
        ("no key inside", Es256, pem("PUBLIC KEY", b"no key"), Some(OtherKind)),
    ] {
        let read = KeySet::from_pem(algorithm, text.as_bytes());
        assert_eq!(
            read.map(|keys| keys.algorithms()),
            match expected {
                None => Ok(vec![algorithm]),
                Some(fault) => Err(fault.into()),
            },
            "{name}"
        );
    }
}

/// R-JWT-02, R-JWT-03: a `kid` finds its key or none, and never one of another algorithm.
#[test]
fn r_jwt_02_a_key_is_found_by_kid_and_algorithm_or_not_at_all() {
    let p256 = || ec(&ECDSA_P256_SHA256_FIXED_SIGNING, "P-256");
    let named = |jwk, kid: &str| with(jwk, &json!({ "kid": kid }));
    let a = named(p256(), "a");
    let b = named(p256(), "b");
    let c = named(ec(&ECDSA_P384_SHA384_FIXED_SIGNING, "P-384"), "c");
    let (ed, other_ed, unnamed) = (ed(), ed(), p256());
    let rsa = named(rsa(&modulus(2048), &[1, 0, 1]), "r");
    for (name, keys, kid, algorithm, expected) in [
        ("by kid", vec![&a, &b, &ed], Some("a"), Es256, Some(0)),
        ("by the other kid", vec![&a, &b, &ed], Some("b"), Es256, Some(1)),
        ("kid of another algorithm", vec![&a, &b, &ed], Some("a"), EdDsa, None),
        ("kid of the same family", vec![&a, &c], Some("a"), Es384, None),
        ("RS256 key for PS256", vec![&rsa], Some("r"), Ps256, None),
        ("RS256 key for PS256, no kid", vec![&rsa], None, Ps256, None),
        ("unknown kid", vec![&a, &b], Some("z"), Es256, None),
        ("unknown kid, one key", vec![&a], Some("z"), Es256, None),
        ("empty kid", vec![&a], Some(""), Es256, None),
        ("kid is compared byte for byte", vec![&a], Some("A"), Es256, None),
        ("no kid, the only one", vec![&a, &ed, &c], None, Es384, Some(2)),
        ("no kid, two would do", vec![&a, &b], None, Es256, None),
        ("no kid, none would do", vec![&a], None, EdDsa, None),
        ("key without kid, any", vec![&a, &ed], Some("z"), EdDsa, Some(1)),
        ("key without kid beside a named one", vec![&a, &unnamed], Some("z"), Es256, Some(1)),
        ("the named one first", vec![&unnamed, &a], Some("a"), Es256, Some(1)),
        ("named and unnamed, no kid", vec![&a, &unnamed], None, Es256, None),
        ("two without kid", vec![&ed, &other_ed], Some("z"), EdDsa, None),
        ("two without kid, no kid", vec![&ed, &other_ed], None, EdDsa, None),
    ] {
        let keys = KeySet::from_jwks(&set(&keys)).unwrap();
        let found = keys.find(kid, algorithm);
        let place = found.map(|found| keys.keys.iter().position(|key| std::ptr::eq(key, found)));
        assert_eq!(place, expected.map(Some), "{name}");
    }
}

#[test]
fn a_header_finds_the_key_that_it_was_remembered_with() {
    let (a, b) = (with(ed(), &json!({"kid": "a"})), with(ed(), &json!({"kid": "b"})));
    let keys = KeySet::from_jwks(&set(&[&a, &b])).unwrap();
    let [a, b] = keys.keys.as_slice() else { panic!("two keys") };
    let found = |segment| keys.find_by_header(segment).map(|key| key.kid.as_deref().unwrap());
    assert_eq!(found("eyJh"), None);
    assert_eq!(found(""), None);
    a.remember_header("eyJh");
    b.remember_header("eyJi");
    b.remember_header("eyJj");
    for (segment, kid) in [
        ("eyJh", Some("a")),
        ("eyJi", Some("b")),
        ("eyJj", None),
        ("eyJ", None),
        ("EYJH", None),
        ("", None),
    ] {
        assert_eq!(found(segment), kid, "{segment}");
    }
}

#[test]
fn a_key_checks_the_signatures_of_its_other_half() {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let keys = pem("PUBLIC KEY", pair.public_key().as_der().unwrap().as_ref());
    let keys = KeySet::from_pem(Es256, keys.as_bytes()).unwrap();
    let key = keys.find(None, Es256).unwrap();
    let signature = pair.sign(&SystemRandom::new(), b"message").unwrap();
    let signature = signature.as_ref();
    let (r, s) = signature.split_at(32);
    // T26: all that is not exactly `R ‖ S`.
    for (name, message, signature, expected) in [
        ("as made", &b"message"[..], signature.to_vec(), true),
        ("another message", b"massage", signature.to_vec(), false),
        ("none", b"message", Vec::new(), false),
        ("cut", b"message", signature[..63].to_vec(), false),
        ("extended", b"message", [signature, &[0]].concat(), false),
        ("r is 0", b"message", [&[0; 32], s].concat(), false),
        ("s is 0", b"message", [r, &[0; 32]].concat(), false),
        ("both are 0", b"message", vec![0; 64], false),
        ("both are too big", b"message", vec![0xFF; 64], false),
        ("DER", b"message", der(0x30, &[der(0x02, r), der(0x02, s)].concat()), false),
    ] {
        assert_eq!(key.signed(message, &signature), expected, "{name}");
    }
}

#[test]
fn debug_shows_no_key() {
    let keys = KeySet::from_jwks(&set(&[&with(ed(), &json!({"kid": "a"}))])).unwrap();
    assert_eq!(
        format!("{keys:?}"),
        r#"KeySet { keys: [Key { kid: Some("a"), algorithm: EdDsa, .. }] }"#,
    );
}
