//! T1: the header asks for no signature.

use stepup_core::Algorithm;
use stepup_tests::{Issuer, Token};

use crate::forge::{message, segments};
use crate::trial::{Trial, Verdict};

const ALGORITHMS: [&str; 16] = [
    r#""alg":"none","#,
    r#""alg":"None","#,
    r#""alg":"NONE","#,
    r#""alg":"nOnE","#,
    r#""alg":"n\u006fne","#,
    r#""alg":" none","#,
    r#""alg":"none\u0000","#,
    r#""alg":"","#,
    r#""alg":null,"#,
    r#""alg":0,"#,
    r#""alg":false,"#,
    r#""alg":[],"#,
    r#""alg":["ES256"],"#,
    r#""alg":{},"#,
    r#""ALG":"ES256","#,
    "",
];

#[test]
fn t1_no_spelling_of_none_is_an_algorithm() {
    for algorithm in [Algorithm::Es256, Algorithm::Rs256] {
        let trial = Trial::of(Issuer::new(algorithm));
        let payload = Token::new().payload();
        let [_, _, other_signature] = segments(&trial.good()).map(str::to_owned);
        let mut rows = Vec::new();
        for member in ALGORITHMS {
            for rest in [r#""typ":"at+jwt","kid":"key-1""#, r#""typ":"at+jwt""#] {
                let header = format!("{{{member}{rest}}}");
                let message = message(&header, &payload);
                rows.extend([
                    (format!("{header}, stripped"), format!("{message}.")),
                    (
                        format!("{header}, signature of another"),
                        format!("{message}.{other_signature}"),
                    ),
                    (format!("{header}, really signed"), trial.issuer.sign(&header, &payload)),
                    (format!("{header}, two parts"), message),
                ]);
            }
        }
        trial.each("/mfa_fresh", Verdict::Invalid, rows);
    }
}

#[test]
fn t1_a_good_header_without_a_signature_is_nothing() {
    let trial = Trial::new();
    let good = trial.good();
    let [header, payload, _] = segments(&good);
    trial.each(
        "/mfa_fresh",
        Verdict::Invalid,
        [
            ("stripped", format!("{header}.{payload}.")),
            ("two parts", format!("{header}.{payload}")),
            ("zeros", format!("{header}.{payload}.{}", "A".repeat(86))),
            ("one byte", format!("{header}.{payload}.AA")),
        ],
    );
}
