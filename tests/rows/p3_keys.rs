//! P3: keys that cannot be used, or should not be, do not start, and the message names the key by
//! its place and nothing of it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use stepup_core::{Algorithm, KeySet};
use stepup_tests::Issuer;

const NO_SET: &str = "the text is no JSON Web Key Set (`{\"keys\": […]}`)";
const NO_KEY: &str = "the key set has no key that can check a signature";
const MALFORMED: &str = "is malformed: its numbers make no key of its type";
const OTHER_KIND: &str = "is malformed, or of another kind than its algorithm";
const NO_ALGORITHM: &str = "is an RSA key without `alg`: a key has one algorithm; state it with \
                            `KeySet::from_jwks_with`";
const PRIVATE: &str = "is a private key: give the public half alone";
const SAME_KID: &str = "has the `kid` of a key before it: make them differ";
const SYMMETRIC: &str = "is symmetric (`kty` is `oct`): whoever can check a token could make one; \
                         use an asymmetric key";
const WEAK: &str = "is weak: RSA keys have 2048 to 8192 bits and an odd exponent of 3 to 2^32, and \
                    Ed25519 keys are no point of small order";

fn said(read: Result<KeySet, stepup_core::KeyError>) -> Result<Vec<Algorithm>, String> {
    read.map(|keys| keys.algorithms()).map_err(|error| error.to_string())
}

#[test]
fn p3_a_text_that_is_no_key_set_does_not_start() {
    let huge = format!("{{\"keys\":[],\"x\":\"{}\"}}", "a".repeat(256 << 10));
    let key = Issuer::new(Algorithm::Es256).jwk().to_string();
    let twice = format!("{},\"kid\":\"a\"}}", &key[..key.len() - 1]);
    for text in [
        "",
        " ",
        "null",
        "[]",
        "{}",
        "keys",
        "https://idp.example/jwks.json",
        "<html><body>404</body></html>",
        "{\"error\":\"not found\"}",
        "{\"keys\":null}",
        "{\"keys\":{}}",
        "{\"keys\":\"\"}",
        "{\"Keys\":[]}",
        "{\"keys\":[]",
        "{\"keys\":[]}{\"keys\":[]}",
        "{\"keys\":[],\"keys\":[]}",
        key.as_str(),
        &format!("[{key}]"),
        &format!("{{\"keys\":[{twice}]}}"),
        &format!("{{\"keys\":[{}]}}", vec!["{}"; 513].join(",")),
        &huge,
    ] {
        let shown: String = text.chars().take(60).collect();
        assert_eq!(said(KeySet::from_jwks(text.as_bytes())), Err(NO_SET.to_owned()), "{shown}");
    }
    let marked = format!("\u{feff}{}", Issuer::new(Algorithm::Es256).jwks());
    assert_eq!(said(KeySet::from_jwks(marked.as_bytes())), Err(NO_SET.to_owned()), "a mark");
    assert_eq!(said(KeySet::from_jwks(b"{\"keys\":[\xff]}")), Err(NO_SET.to_owned()), "no UTF-8");
}

/// A modulus of so many bits. Nobody has its private half, and nothing here needs it.
fn rsa(bits: usize, e: &[u8]) -> Value {
    let mut n = vec![0xA5; bits.div_ceil(8)];
    n[0] = 1 << ((bits - 1) % 8);
    let [n, e] = [&n[..], e].map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
    json!({"kty": "RSA", "alg": "RS256", "n": n, "e": e})
}

/// The key with these members set, or taken away where they are `null`.
fn with(key: &Value, members: Value) -> Value {
    let mut key = key.clone();
    let Value::Object(members) = members else { panic!("an object") };
    for (name, value) in members {
        key[name] = value;
    }
    let members = key.as_object_mut().expect("an object");
    members.retain(|_, value| !value.is_null());
    key
}

#[test]
fn p3_a_key_that_should_not_be_used_does_not_start() {
    let f4 = [1, 0, 1];
    let ec = with(&Issuer::new(Algorithm::Es256).jwk(), json!({"kid": null}));
    let ed = with(&Issuer::new(Algorithm::EdDsa).jwk(), json!({"kid": null}));
    let good = rsa(2048, &f4);
    let zeros = "A".repeat(43);
    for (name, key, expected) in [
        ("no type", json!({}), MALFORMED),
        ("text in place of a key", json!("RSA"), MALFORMED),
        ("a type that is no text", with(&ec, json!({"kty": 1})), MALFORMED),
        ("a kid that is no text", with(&ec, json!({"kid": 1})), MALFORMED),
        ("operations that are no list", with(&ec, json!({"key_ops": "verify"})), MALFORMED),
        ("RSA without a modulus", with(&good, json!({"n": null})), MALFORMED),
        ("RSA without an exponent", with(&good, json!({"e": null})), MALFORMED),
        ("RSA in another alphabet", with(&good, json!({"n": "+/+/"})), MALFORMED),
        ("RSA with padding", with(&good, json!({"e": "AQAB=="})), MALFORMED),
        ("RSA, an even modulus", with(&good, json!({"n": "_".repeat(342) + "8A"})), MALFORMED),
        ("a point without y", with(&ec, json!({"y": null})), MALFORMED),
        ("a point without a curve", with(&ec, json!({"crv": null})), MALFORMED),
        ("a point off its curve", with(&ec, json!({"y": ec["x"]})), MALFORMED),
        ("a short coordinate", with(&ec, json!({"x": "AAAA"})), MALFORMED),
        ("a short Ed25519 key", with(&ed, json!({"x": "AAAA"})), MALFORMED),
        ("P-256 for ES384", with(&ec, json!({"alg": "ES384"})), OTHER_KIND),
        ("P-256 for RS256", with(&ec, json!({"alg": "RS256"})), OTHER_KIND),
        ("Ed25519 for ES256", with(&ed, json!({"alg": "ES256"})), OTHER_KIND),
        ("RSA for ES256", with(&good, json!({"alg": "ES256"})), OTHER_KIND),
        ("RSA that states no algorithm", with(&good, json!({"alg": null})), NO_ALGORITHM),
        ("a private point", with(&ec, json!({"d": zeros})), PRIVATE),
        ("a private RSA key", with(&good, json!({"d": "AAAA"})), PRIVATE),
        ("a private key for encryption", with(&good, json!({"d": "AA", "use": "enc"})), PRIVATE),
        ("a secret", json!({"kty": "oct", "alg": "HS256", "k": zeros}), SYMMETRIC),
        ("a secret for encryption", json!({"kty": "oct", "use": "enc"}), SYMMETRIC),
        ("a secret in an RSA key", with(&good, json!({"k": "AAAA"})), SYMMETRIC),
        ("512 bits", rsa(512, &f4), WEAK),
        ("1024 bits", rsa(1024, &f4), WEAK),
        ("2047 bits", rsa(2047, &f4), WEAK),
        ("8193 bits", rsa(8193, &f4), WEAK),
        ("an exponent of 1", rsa(2048, &[1]), WEAK),
        ("an exponent of 2", rsa(2048, &[2]), WEAK),
        ("an exponent beyond 2^32", rsa(2048, &[1, 0, 0, 0, 1]), WEAK),
        ("a point of small order", with(&ed, json!({"x": zeros})), WEAK),
    ] {
        for (place, keys) in [(1, json!([key])), (2, json!([ed, key]))] {
            let set = json!({ "keys": keys }).to_string();
            let expected = Err(format!("key {place} {expected}"));
            assert_eq!(said(KeySet::from_jwks(set.as_bytes())), expected, "{name}");
        }
    }
}

#[test]
fn p3_a_set_without_one_key_for_each_name_does_not_start() {
    let ec = Issuer::new(Algorithm::Es256).jwk();
    let es384 = Issuer::with_kid(Algorithm::Es384, "key-2").jwk();
    let read =
        |keys: Value| said(KeySet::from_jwks(json!({ "keys": keys }).to_string().as_bytes()));
    for (name, keys) in [
        ("none", json!([])),
        ("one for encryption", json!([with(&ec, json!({"use": "enc"}))])),
        ("one that only signs", json!([with(&ec, json!({"key_ops": ["sign"]}))])),
        ("one of no algorithm at all", json!([with(&ec, json!({"alg": "none"}))])),
        ("one of HMAC", json!([with(&ec, json!({"alg": "HS256"}))])),
        ("one in lower case", json!([with(&ec, json!({"alg": "es256"}))])),
        ("one of an unknown curve", json!([with(&ec, json!({"alg": null, "crv": "P-521"}))])),
        ("one of an unknown type", json!([{"kty": "AKP", "pub": "AAAA"}])),
    ] {
        assert_eq!(read(keys), Err(NO_KEY.to_owned()), "{name}");
    }
    let same = json!([ec, es384, with(&es384, json!({"kid": "key-1"}))]);
    assert_eq!(read(same), Err(format!("key 3 {SAME_KID}")));
    assert_eq!(read(json!([ec, es384])), Ok(vec![Algorithm::Es256, Algorithm::Es384]));
    let other = json!({ "keys": [ec] }).to_string();
    let other = KeySet::from_jwks_with(Algorithm::Rs256, other.as_bytes());
    assert_eq!(said(other), Err(NO_KEY.to_owned()), "all are of another algorithm than wanted");
}

#[test]
fn p3_a_text_that_is_no_public_key_does_not_start() {
    const NO_PEM: &str = "the text has no `-----BEGIN PUBLIC KEY-----` section";
    const SEVERAL: &str = "the text has more than one `-----BEGIN PUBLIC KEY-----` section: give \
                           one key, or a JSON Web Key Set";
    const ED: &str = "-----BEGIN PUBLIC KEY-----\n\
                      MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n\
                      -----END PUBLIC KEY-----\n";
    let other_kind = format!("the key {OTHER_KIND}");
    for (name, algorithm, text, expected) in [
        ("nothing", Algorithm::EdDsa, String::new(), NO_PEM),
        ("a secret", Algorithm::EdDsa, "correct horse battery staple".to_owned(), NO_PEM),
        ("a path", Algorithm::EdDsa, "/etc/keys/idp.pem".to_owned(), NO_PEM),
        ("a key set", Algorithm::Es256, Issuer::new(Algorithm::Es256).jwks(), NO_PEM),
        ("a certificate", Algorithm::EdDsa, ED.replace("PUBLIC KEY", "CERTIFICATE"), NO_PEM),
        ("a private key", Algorithm::EdDsa, ED.replace("PUBLIC KEY", "PRIVATE KEY"), NO_PEM),
        (
            "an RSA key of its own kind",
            Algorithm::Rs256,
            ED.replace("PUBLIC", "RSA PUBLIC"),
            NO_PEM,
        ),
        ("cut off", Algorithm::EdDsa, ED[..60].to_owned(), NO_PEM),
        ("two", Algorithm::EdDsa, ED.repeat(2), SEVERAL),
        ("Ed25519 for ES256", Algorithm::Es256, ED.to_owned(), &other_kind),
        ("Ed25519 for ES384", Algorithm::Es384, ED.to_owned(), &other_kind),
        ("Ed25519 for RS256", Algorithm::Rs256, ED.to_owned(), &other_kind),
        ("Ed25519 for PS512", Algorithm::Ps512, ED.to_owned(), &other_kind),
    ] {
        let read = said(KeySet::from_pem(algorithm, text.as_bytes()));
        assert_eq!(read, Err(expected.to_owned()), "{name}");
    }
    let control = said(KeySet::from_pem(Algorithm::EdDsa, ED.as_bytes()));
    assert_eq!(control, Ok(vec![Algorithm::EdDsa]), "the control");
}
