//! R-JWT-03: a `kid` names a key of ours, and nothing else.

use serde_json::json;
use stepup_core::{Algorithm, Gate, KeySet};
use stepup_tests::{AUDIENCE, ISSUER, Issuer, Token, clock};

use crate::trial::{Trial, Verdict};

const STRANGE: [&str; 24] = [
    r#""""#,
    r#"" ""#,
    r#""key-2""#,
    r#""KEY-1""#,
    r#""key-1 ""#,
    r#"" key-1""#,
    r#""key-1\u0000""#,
    r#""key-1\n""#,
    r#""key""#,
    r#""../../../../dev/null""#,
    r#""/dev/null""#,
    r#""file:///etc/passwd""#,
    r#""https://evil.example/key-1""#,
    r#""C:\\key-1""#,
    r#""key-1' OR '1'='1""#,
    r#""key-1\"; DROP TABLE keys; --""#,
    r#""' UNION SELECT 'AA""#,
    r#""*)(uid=*""#,
    r#""$(id)""#,
    r#""`id`""#,
    r#""%00""#,
    r#""0""#,
    r#""\u202e1-yek""#,
    r#""ｋey-1""#,
];

const NO_TEXT: [&str; 9] =
    ["null", "0", "1.5", "true", "false", "[]", r#"["key-1"]"#, "{}", r#"{"kid":"key-1"}"#];

fn header(alg: &str, kid: &str) -> String {
    format!(r#"{{"typ":"at+jwt","alg":"{alg}","kid":{kid}}}"#)
}

#[test]
fn r_jwt_03_a_kid_that_is_not_ours_finds_nothing() {
    let trial = Trial::new();
    let long = format!("\"{}\"", "k".repeat(4000));
    let rows = STRANGE.into_iter().chain(NO_TEXT).chain([long.as_str()]);
    let rows = rows.map(|kid| (kid, trial.header(&header("ES256", kid))));
    trial.each("/mfa_fresh", Verdict::Invalid, rows);
    trial.each(
        "/mfa_fresh",
        Verdict::Admitted,
        [
            ("its own", trial.header(&header("ES256", r#""key-1""#))),
            ("its own, escaped", trial.header(&header("ES256", r#""key\u002d1""#))),
            ("none, and one key", trial.header(r#"{"typ":"at+jwt","alg":"ES256"}"#)),
        ],
    );
}

/// Two keys of ES256, one of EdDSA: each token under each `kid` and algorithm.
#[test]
fn r_jwt_03_a_kid_belongs_to_one_key() {
    let issuer = Issuer::with_kid(Algorithm::Es256, "a");
    let twin = Issuer::with_kid(Algorithm::Es256, "b");
    let other = Issuer::with_kid(Algorithm::EdDsa, "c");
    let stranger = Issuer::with_kid(Algorithm::Es256, "a");
    let keys = json!({"keys": [issuer.jwk(), twin.jwk(), other.jwk()]}).to_string();
    let clock = clock();
    let gate = Gate::builder(ISSUER, AUDIENCE)
        .keys(KeySet::from_jwks(keys.as_bytes()).expect("good keys"))
        .clock(clock.clone())
        .build()
        .expect("a gate");
    let trial = Trial::behind(Issuer::new(Algorithm::Es256), clock, &gate);
    let judge = |name: &str, verdict| {
        for (who, signer, own) in [
            ("a", &issuer, "a"),
            ("b", &twin, "b"),
            ("c", &other, "c"),
            ("stranger", &stranger, ""),
        ] {
            for alg in ["ES256", "EdDSA", "Ed25519", "ES384", "HS256"] {
                for kid in ["a", "b", "c", "d"] {
                    let header = header(alg, &format!("\"{kid}\""));
                    let token = signer.sign(&header, &Token::new().payload());
                    let fits = kid == own
                        && match alg {
                            "ES256" => own != "c",
                            "EdDSA" | "Ed25519" => own == "c",
                            _ => false,
                        };
                    let verdict = if fits { verdict } else { Verdict::Invalid };
                    let name = format!("{name}: {who} under {header}");
                    trial.judge(name, "/mfa_fresh", &[&format!("Bearer {token}")], verdict);
                }
            }
        }
    };
    // Twice: a header that was seen before is found by another way.
    judge("first", Verdict::Admitted);
    judge("again", Verdict::Admitted);
    for (who, signer, alg, verdict) in [
        ("a", &issuer, "ES256", Verdict::Invalid),
        ("b", &twin, "ES256", Verdict::Invalid),
        ("c", &other, "EdDSA", Verdict::Admitted),
        ("c", &other, "ES256", Verdict::Invalid),
        ("a", &issuer, "EdDSA", Verdict::Invalid),
        ("stranger", &stranger, "ES256", Verdict::Invalid),
    ] {
        let header = format!(r#"{{"typ":"at+jwt","alg":"{alg}"}}"#);
        let token = signer.sign(&header, &Token::new().payload());
        let name = format!("{who} as {alg} without kid");
        trial.judge(name, "/mfa_fresh", &[&format!("Bearer {token}")], verdict);
    }
}
