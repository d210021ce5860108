//! R-JWT-03: a token that brings its key along, or says where to fetch it.

use serde_json::{Value, json};
use stepup_core::Algorithm;
use stepup_tests::{Issuer, Token};

use crate::trial::{Trial, Verdict};

fn with(header: &Value, more: &Value) -> String {
    let mut header = header.clone();
    header.as_object_mut().expect("an object").extend(more.as_object().expect("one").clone());
    header.to_string()
}

#[test]
fn r_jwt_03_a_token_brings_no_key_along() {
    let trial = Trial::new();
    let mut rows = Vec::new();
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256] {
        for kid in ["key-1", "attacker"] {
            let attacker = Issuer::with_kid(algorithm, kid);
            let jwk = attacker.jwk();
            for more in [
                json!({}),
                json!({ "jwk": jwk }),
                json!({"jwk": {"keys": [jwk]}}),
                json!({"jwks": {"keys": [jwk]}}),
                json!({"jku": "https://idp.example/jwks"}),
                json!({"jku": "https://evil.example/jwks"}),
                json!({"jku": "https://idp.example@evil.example/jwks"}),
                json!({"jku": format!("data:application/json,{}", attacker.jwks())}),
                json!({"jku": "file:///etc/passwd"}),
                json!({"jku": "http://169.254.169.254/"}),
                json!({"x5u": "https://evil.example/cert.pem"}),
                json!({"x5c": ["MIIB"]}),
                json!({"x5c": ["MIIB"], "x5t": "AAAA", "x5t#S256": "AAAA"}),
                json!({"iss": "https://evil.example"}),
            ] {
                let with_kid = with(&attacker.header(), &more);
                let without = json!({"typ": "at+jwt", "alg": algorithm.name()});
                for header in [with_kid, with(&without, &more)] {
                    let token = attacker.sign(&header, &Token::new().payload());
                    rows.push((header, token));
                }
            }
        }
    }
    trial.each("/mfa_fresh", Verdict::Invalid, rows);
}

/// They are passed over, not obeyed: the issuer's own token may carry them.
#[test]
fn r_jwt_03_an_embedded_key_is_passed_over() {
    let trial = Trial::new();
    let attacker = Issuer::with_kid(Algorithm::Es256, "attacker");
    let mut rows = Vec::new();
    for more in [
        json!({"jwk": trial.issuer.jwk()}),
        json!({"jwk": attacker.jwk()}),
        json!({"jku": "https://evil.example/jwks", "x5u": "https://evil.example/cert.pem"}),
    ] {
        let header = with(&trial.issuer.header(), &more);
        rows.push((header.clone(), trial.header(&header)));
    }
    trial.each("/mfa_fresh", Verdict::Admitted, rows);
}
