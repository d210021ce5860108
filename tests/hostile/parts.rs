//! T29: as many parts as a token has not.

use serde_json::json;
use stepup_tests::Token;

use crate::forge::{base64url, message, segments, signed};
use crate::trial::{Trial, Verdict};

#[test]
fn t29_a_token_has_three_parts() {
    let trial = Trial::new();
    let good = trial.good();
    let [h, p, s] = segments(&good);
    let rows = [
        ("one", h.to_owned()),
        ("one, the payload", p.to_owned()),
        ("a dot", ".".to_owned()),
        ("two", format!("{h}.{p}")),
        ("two, the signature's", format!("{h}.{s}")),
        ("two dots", "..".to_owned()),
        ("three dots", "...".to_owned()),
        ("four dots", "....".to_owned()),
        ("four, empty in front", format!(".{good}")),
        ("four, empty behind", format!("{good}.")),
        ("four, empty inside", format!("{h}..{p}.{s}")),
        ("four, the signature twice", format!("{good}.{s}")),
        ("four, the payload twice", format!("{h}.{p}.{p}.{s}")),
        ("four, signed over three", signed(&trial.issuer, &format!("{h}.{p}.{p}"))),
        ("four, signed over an empty one", signed(&trial.issuer, &format!("{h}.{p}."))),
        ("five", format!("{h}.{p}.{s}.{p}.{s}")),
        ("six", format!("{good}.{good}")),
        ("no header", format!(".{p}.{s}")),
        ("no header, signed", signed(&trial.issuer, &format!(".{p}"))),
        ("no payload", format!("{h}..{s}")),
        ("no payload, signed", signed(&trial.issuer, &format!("{h}."))),
        ("turned round", format!("{s}.{p}.{h}")),
        ("payload and header changed, signed", signed(&trial.issuer, &format!("{p}.{h}"))),
    ];
    trial.each("/mfa_fresh", Verdict::Invalid, rows);
}

/// Encrypted to the public key, which is all an attacker needs to know.
#[test]
fn t29_an_encrypted_token_is_not_verified() {
    let trial = Trial::new();
    let mut rows = Vec::new();
    for alg in
        ["dir", "RSA-OAEP", "RSA-OAEP-256", "ECDH-ES", "A256KW", "PBES2-HS256+A128KW", "none"]
    {
        for typ in ["at+jwt", "JWT"] {
            let header = json!({"typ": typ, "alg": alg, "enc": "A256GCM", "kid": "key-1",
                "zip": "DEF", "cty": "JWT", "p2c": 2_147_483_647, "epk": trial.issuer.jwk()});
            let header = header.to_string();
            let five = |inner: &str| {
                let inner = base64url(inner);
                format!(
                    "{}.{}.{}.{inner}.{}",
                    base64url(&header),
                    base64url([7; 32]),
                    base64url([7; 12]),
                    base64url([7; 16])
                )
            };
            let payload = Token::new().payload();
            rows.extend([
                (format!("{alg} {typ}, claims"), five(&payload)),
                (format!("{alg} {typ}, a token"), five(&trial.good())),
                (
                    format!("{alg} {typ}, an unsigned token"),
                    five(&format!("{}.", message(r#"{"alg":"none"}"#, &payload))),
                ),
                (format!("{alg} {typ}, three parts"), trial.header(&header)),
            ]);
        }
    }
    trial.each("/mfa_fresh", Verdict::Invalid, rows);
}
