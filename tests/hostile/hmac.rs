//! T2, T3: an HMAC whose secret is the public key, or nothing.

use aws_lc_rs::hmac::{self, HMAC_SHA256, HMAC_SHA384, HMAC_SHA512};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use stepup_core::{Algorithm, Gate, KeySet};
use stepup_tests::{AUDIENCE, ISSUER, Issuer, Token, clock};

use crate::forge::{base64url, message, pem, spki};
use crate::trial::{Trial, Verdict};

const HASHES: [(&str, hmac::Algorithm); 3] =
    [("HS256", HMAC_SHA256), ("HS384", HMAC_SHA384), ("HS512", HMAC_SHA512)];

fn sealed(header: &Value, hash: hmac::Algorithm, secret: &[u8]) -> String {
    let message = message(header.to_string(), Token::new().payload());
    let tag = hmac::sign(&hmac::Key::new(hash, secret), message.as_bytes());
    format!("{message}.{}", base64url(tag.as_ref()))
}

/// All that an attacker may take for the secret.
fn secrets(issuer: &Issuer) -> Vec<(&'static str, Vec<u8>)> {
    let jwk = issuer.jwk();
    let raw = issuer.public_key_bytes();
    let spki_pem = pem("PUBLIC KEY", &spki(issuer));
    let number = jwk["n"].as_str().or(jwk["x"].as_str()).expect("a number").to_owned();
    let mut secrets = vec![
        ("nothing", Vec::new()),
        ("a zero", vec![0]),
        ("SPKI PEM", spki_pem.clone().into_bytes()),
        ("SPKI PEM without its last newline", spki_pem.trim_end().into()),
        ("SPKI PEM on one line", spki_pem.replace('\n', "").into()),
        ("SPKI PEM with CR LF", spki_pem.replace('\n', "\r\n").into()),
        ("SPKI DER", spki(issuer)),
        ("JWK", jwk.to_string().into()),
        ("JWKS", issuer.jwks().into()),
        ("a number's text", number.clone().into()),
        ("a number", URL_SAFE_NO_PAD.decode(&number).expect("base64url")),
        ("kid", b"key-1".to_vec()),
    ];
    if issuer.algorithm() == Algorithm::Es256 {
        secrets.push(("raw coordinates", raw[1..].to_vec()));
        secrets.push(("raw point", raw));
    } else {
        secrets.push(("PKCS#1 PEM", pem("RSA PUBLIC KEY", &raw).into()));
        secrets.push(("PKCS#1 DER", raw));
    }
    secrets
}

/// Every secret with every hash, under every header that might select the key.
fn rows(issuer: &Issuer) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    for (secret_name, secret) in secrets(issuer) {
        for (hash_name, hash) in HASHES {
            for header in [
                json!({"typ": "at+jwt", "alg": hash_name, "kid": "key-1"}),
                json!({"typ": "at+jwt", "alg": hash_name}),
                json!({"typ": "at+jwt", "alg": issuer.algorithm().name(), "kid": "key-1"}),
            ] {
                let name = format!("{hash_name} with {secret_name} under {header}");
                rows.push((name, sealed(&header, hash, &secret)));
            }
        }
    }
    rows
}

fn behind(issuer: Issuer, keys: KeySet) -> Trial {
    let clock = clock();
    let gate = Gate::builder(ISSUER, AUDIENCE).keys(keys).clock(clock.clone()).build();
    Trial::behind(issuer, clock, &gate.expect("the gate's settings are good"))
}

#[test]
fn t2_a_public_key_is_no_secret() {
    for algorithm in [Algorithm::Es256, Algorithm::Rs256] {
        let trial = Trial::of(Issuer::new(algorithm));
        let rows = rows(&trial.issuer);
        trial.each("/mfa_fresh", Verdict::Invalid, rows);
    }
}

/// The encodings are right: the gate itself reads the PEM, and refuses the same tokens.
#[test]
fn t2_a_pem_is_no_secret_either() {
    for algorithm in [Algorithm::Es256, Algorithm::Rs256] {
        let issuer = Issuer::new(algorithm);
        let keys = KeySet::from_pem(algorithm, pem("PUBLIC KEY", &spki(&issuer)).as_bytes());
        let rows = rows(&issuer);
        behind(issuer, keys.expect("a good PEM")).each("/mfa_fresh", Verdict::Invalid, rows);
    }
}

fn without_alg(issuer: &Issuer) -> String {
    let mut jwk = issuer.jwk();
    jwk.as_object_mut().expect("an object").remove("alg");
    json!({ "keys": [jwk] }).to_string()
}

#[test]
fn t3_a_key_that_states_no_algorithm_takes_none_from_the_header() {
    let ec = Issuer::new(Algorithm::Es256);
    let ec_keys = KeySet::from_jwks(without_alg(&ec).as_bytes());
    let rsa = Issuer::new(Algorithm::Rs256);
    let rsa_keys = KeySet::from_jwks_with(Algorithm::Rs256, without_alg(&rsa).as_bytes());
    for (issuer, keys) in [(ec, ec_keys), (rsa, rsa_keys)] {
        let rows = rows(&issuer);
        behind(issuer, keys.expect("good keys")).each("/mfa_fresh", Verdict::Invalid, rows);
    }
}

#[test]
fn t3_an_rsa_key_without_an_algorithm_does_not_start() {
    let rsa = Issuer::new(Algorithm::Rs256);
    assert!(KeySet::from_jwks(rsa.jwks().as_bytes()).is_ok(), "the control");
    let error = KeySet::from_jwks(without_alg(&rsa).as_bytes()).expect_err("no algorithm");
    assert!(error.to_string().contains("`alg`"), "{error}");
}

#[test]
fn t3_a_symmetric_key_does_not_start() {
    let good = Issuer::new(Algorithm::Es256).jwk();
    for (name, key) in [
        ("one byte", json!({"kty": "oct", "k": "AA", "alg": "HS256"})),
        ("32 bytes", json!({"kty": "oct", "k": "A".repeat(43), "alg": "HS256"})),
        ("no algorithm", json!({"kty": "oct", "k": "A".repeat(43)})),
        ("empty", json!({"kty": "oct", "k": "", "alg": "HS256"})),
    ] {
        for keys in [json!([key]), json!([good, key]), json!([key, good])] {
            let read = KeySet::from_jwks(json!({ "keys": keys }).to_string().as_bytes());
            assert!(read.is_err(), "{name} in {keys}");
        }
    }
}
