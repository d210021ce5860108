//! T8: extensions that a reader must understand or refuse.

use stepup_tests::Token;

use crate::forge::{base64url, signed};
use crate::trial::{Trial, Verdict};

#[test]
fn t8_no_critical_extension_is_understood() {
    let trial = Trial::new();
    trial.each(
        "/mfa_fresh",
        Verdict::Invalid,
        [
            r#""crit":["x-mfa"],"x-mfa":true"#,
            r#""crit":["x-mfa"]"#,
            r#""x-mfa":true,"crit":["x-mfa"]"#,
            r#""crit":["http://example.com/policy"],"http://example.com/policy":1"#,
            r#""crit":["exp"],"exp":1363284000"#,
            r#""crit":["exp"]"#,
            r#""crit":["alg"]"#,
            r#""crit":["crit"]"#,
            r#""crit":["typ","kid"]"#,
            r#""crit":["x","x"],"x":1"#,
            r#""crit":[]"#,
            r#""crit":[""]"#,
            r#""crit":[null]"#,
            r#""crit":[7]"#,
            r#""crit":[[]]"#,
            r#""crit":"x""#,
            r#""crit":"""#,
            r#""crit":null"#,
            r#""crit":false"#,
            r#""crit":0"#,
            r#""crit":{}"#,
            r#""\u0063rit":["x-mfa"]"#,
            r#""crit":["b64"],"b64":false"#,
            r#""b64":false,"crit":["b64"]"#,
            r#""crit":["b64"],"b64":true"#,
            r#""crit":["b64"]"#,
            r#""b64":false"#,
            r#""b64":true"#,
            r#""b64":null"#,
            r#""b64":"false""#,
        ]
        .map(|members| (members, trial.header_and(members))),
    );
    // A header that is not named by `crit` is passed over.
    trial.each(
        "/mfa_fresh",
        Verdict::Admitted,
        [r#""x-mfa":true"#, r#""x":{"crit":["x-mfa"]}"#, r#""x5t":"AAAA""#]
            .map(|members| (members, trial.header_and(members))),
    );
    let claim = Token::new().with("crit", vec!["x-mfa"]);
    trial.each("/mfa_fresh", Verdict::Admitted, [("as a claim", trial.issuer.token(&claim))]);
}

/// RFC 7797: the payload stands there as it is.
#[test]
fn t8_an_unencoded_payload_is_none() {
    let trial = Trial::new();
    let header = r#"{"typ":"at+jwt","alg":"ES256","kid":"key-1","b64":false,"crit":["b64"]}"#;
    let header = base64url(header);
    let payload = Token::new().payload();
    let with = |payload: &str| signed(&trial.issuer, &format!("{header}.{payload}"));
    trial.each("/mfa_fresh", Verdict::Malformed, [("as it is", with(&payload))]);
    trial.each("/mfa_fresh", Verdict::Invalid, [("of a token's letters", with("alice"))]);
    let detached = with(&payload).replace(&payload, "");
    trial.each("/mfa_fresh", Verdict::Invalid, [("left out", detached)]);
}

#[test]
fn t29_nothing_nested_encrypted_or_compressed() {
    let trial = Trial::new();
    trial.each(
        "/mfa_fresh",
        Verdict::Invalid,
        [
            r#""enc":"A256GCM""#,
            r#""enc":null"#,
            r#""enc":"""#,
            r#""zip":"DEF""#,
            r#""zip":null"#,
            r#""zip":false"#,
            r#""cty":"JWT""#,
            r#""cty":"jwt""#,
            r#""cty":null"#,
            r#""enc":"A256GCM","zip":"DEF","cty":"JWT""#,
            r#""\u007aip":"DEF""#,
        ]
        .map(|members| (members, trial.header_and(members))),
    );
    // A token inside a token.
    let header = r#"{"typ":"at+jwt","alg":"ES256","kid":"key-1","cty":"JWT"}"#;
    let nested = trial.issuer.sign(header, &trial.good());
    trial.each("/mfa_fresh", Verdict::Invalid, [("nested", nested)]);
}
