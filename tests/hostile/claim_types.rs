//! T5, T6: claims of another type than they have, or absent.

use serde_json::json;
use stepup_tests::{AUDIENCE, ISSUER, NOW, Token};

use crate::forge::{message, signed};
use crate::trial::{Trial, Verdict};

/// What is no date, whatever the claim.
const NO_DATES: [&str; 34] = [
    "true",
    "false",
    "null",
    "[]",
    "[1800000000]",
    "{}",
    r#"{"seconds":1800000000}"#,
    r#""""#,
    r#""tomorrow""#,
    r#""2027-01-15T08:00:00Z""#,
    "1e12",
    "1e308",
    "-1e308",
    "1e400",
    "-1e400",
    "-1",
    "-0.5",
    "-1800000000",
    "-9223372036854775808",
    "-9223372036854775809",
    "253402300799.5",
    "253402300800",
    "253402300800.5",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999999999999999999999999",
    "NaN",
    "Infinity",
    "+1800000000",
    "01800000000",
    "1800000000.",
    "0x6B49D200",
];

#[test]
fn t5_claim_type_confusion_of_dates() {
    let trial = Trial::new();
    let mut rows = Vec::new();
    for (claim, good) in
        [("exp", NOW + 600), ("nbf", NOW - 30), ("iat", NOW - 30), ("auth_time", NOW - 60)]
    {
        // Each would do if it were read as a number.
        let texts = [
            format!("\"{good}\""),
            format!("\"{good}.0\""),
            format!("\" {good}\""),
            format!("[{good}]"),
            format!("{{\"$numberLong\":\"{good}\"}}"),
        ];
        for raw in NO_DATES.map(str::to_owned).into_iter().chain(texts) {
            let payload = Token::new().payload_with_raw(claim, &raw);
            rows.push((format!("{claim}: {raw}"), trial.payload(&payload)));
        }
    }
    trial.each("/mfa_fresh", Verdict::Invalid, rows);
}

#[test]
fn t5_a_date_may_have_a_fraction_or_an_exponent() {
    let trial = Trial::new();
    let rows = [
        ("exp", "1800000600.5"),
        ("exp", "1.8000006e9"),
        ("exp", "253402300799"),
        ("nbf", "0"),
        ("nbf", "1800000004.5"),
        ("iat", "1799999970.999"),
        ("auth_time", "1799999940.0"),
        ("auth_time", "17999999.4E+2"),
    ];
    trial.each(
        "/mfa_fresh",
        Verdict::Admitted,
        rows.map(|(claim, raw)| {
            let payload = Token::new().payload_with_raw(claim, raw);
            (format!("{claim}: {raw}"), trial.payload(&payload))
        }),
    );
}

#[test]
fn t5_claim_type_confusion_of_texts() {
    let trial = Trial::new();
    let mut rows = Vec::new();
    for (claim, good) in [
        ("iss", ISSUER),
        ("sub", "alice"),
        ("client_id", "web"),
        ("jti", "e1j3V"),
        ("acr", "mfa"),
        ("scope", "payments"),
    ] {
        for value in [
            json!(null),
            json!(true),
            json!(false),
            json!(0),
            json!(1.5),
            json!(-1),
            json!([]),
            json!([good]),
            json!([[good]]),
            json!({}),
            json!({ "0": good }),
            json!({ claim: good }),
            json!({"value": good, "essential": true}),
        ] {
            rows.push((
                format!("{claim}: {value}"),
                trial.payload(&Token::new().with(claim, value).payload()),
            ));
        }
        // Half a character.
        for raw in [r#""\ud800""#, r#""\udc00a""#, r#""a\x""#, "\"a\tb\"", "'a'", "undefined"] {
            let payload = Token::new().payload_with_raw(claim, raw);
            rows.push((format!("{claim}: {raw}"), trial.payload(&payload)));
        }
    }
    for claim in ["iss", "sub", "client_id", "jti"] {
        let token = Token::new().with(claim, "");
        rows.push((format!("{claim} is empty"), trial.payload(&token.payload())));
    }
    trial.each("/mfa_fresh", Verdict::Invalid, rows);
}

#[test]
fn t5_claim_type_confusion_of_lists() {
    let trial = Trial::new();
    let mut rows = Vec::new();
    for (claim, values) in [
        (
            "aud",
            vec![
                json!(null),
                json!(true),
                json!(7),
                json!(""),
                json!([]),
                json!([""]),
                json!([7]),
                json!([null]),
                json!([AUDIENCE, 7]),
                json!([7, AUDIENCE]),
                json!([AUDIENCE, null]),
                json!([AUDIENCE, {}]),
                json!([AUDIENCE, []]),
                json!([[AUDIENCE]]),
                json!({}),
                json!({ "0": AUDIENCE }),
                json!({ "aud": AUDIENCE }),
                json!({ AUDIENCE: true }),
            ],
        ),
        (
            "amr",
            vec![
                json!(null),
                json!(true),
                json!(7),
                json!(""),
                json!("mfa"),
                json!("[\"mfa\"]"),
                json!([7]),
                json!([null]),
                json!(["pwd", 7]),
                json!(["pwd", null]),
                json!([["pwd"]]),
                json!([{"method": "totp", "timestamp": NOW}]),
                json!({}),
                json!({"0": "mfa"}),
            ],
        ),
    ] {
        for value in values {
            rows.push((
                format!("{claim}: {value}"),
                trial.payload(&Token::new().with(claim, value).payload()),
            ));
        }
    }
    trial.each("/mfa_fresh", Verdict::Invalid, rows);
}

#[test]
fn t5_a_payload_is_one_object() {
    let trial = Trial::new();
    let good = Token::new().payload();
    let header = trial.issuer.header().to_string();
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let unknown =
        |value: &[u8]| [&good.as_bytes()[..good.len() - 1], b",\"x\":\"", value, b"\"}"].concat();
    let rows = [
        ("nothing", Vec::new()),
        ("null", b"null".to_vec()),
        ("a number", b"7".to_vec()),
        ("a text", b"\"alice\"".to_vec()),
        ("an array", format!("[{good}]").into()),
        ("an empty object", b"{}".to_vec()),
        ("JSON in JSON", json!(good).to_string().into()),
        ("cut off", good[..good.len() - 1].into()),
        ("something behind", format!("{good}x").into()),
        ("two objects", format!("{good}{good}").into()),
        ("a comma at the end", format!("{},}}", &good[..good.len() - 1]).into()),
        ("a comment", format!("/**/{good}").into()),
        ("a NUL behind", format!("{good}\0").into()),
        ("a byte order mark", format!("\u{feff}{good}").into()),
        ("UTF-16", utf16(&good)),
        ("no UTF-8 in a text", unknown(b"\xff")),
        ("an overlong letter", unknown(b"\xc0\xaf")),
        ("a surrogate in UTF-8", unknown(b"\xed\xa0\x80")),
        ("a token in the token", trial.good().into()),
    ];
    trial.each(
        "/mfa_fresh",
        Verdict::Invalid,
        rows.map(|(name, payload)| (name, signed(&trial.issuer, &message(&header, payload)))),
    );
    trial.each(
        "/mfa_fresh",
        Verdict::Admitted,
        [("white space around it", trial.payload(&format!(" \n{good}\t ")))],
    );
}

#[test]
fn t6_a_missing_claim_is_invalid() {
    let trial = Trial::new();
    let rows = ["iss", "sub", "aud", "client_id", "jti", "iat", "exp"].map(|claim| {
        let token = Token::new().without(claim);
        (claim, trial.issuer.token(&token))
    });
    trial.each("/mfa_fresh", Verdict::Invalid, rows);
    // Another spelling is another claim.
    let rows = ["iss", "sub", "aud", "client_id", "jti", "iat", "exp"].map(|claim| {
        let payload = Token::new().payload();
        let name = claim.to_uppercase();
        let payload = payload.replace(&format!("\"{claim}\":"), &format!("\"{name}\":"));
        (name, trial.payload(&payload))
    });
    trial.each("/mfa_fresh", Verdict::Invalid, rows);
}

#[test]
fn t6_a_missing_level_or_time_is_not_satisfied() {
    let trial = Trial::new();
    let without = |claims: &[&str]| {
        let token = claims.iter().fold(Token::new(), |token, claim| token.without(claim));
        trial.issuer.token(&token)
    };
    trial.each(
        "/mfa_fresh",
        Verdict::Short,
        [
            ("acr", without(&["acr"])),
            ("auth_time", without(&["auth_time"])),
            ("both", without(&["acr", "auth_time"])),
            ("ACR", trial.issuer.token(&Token::new().without("acr").with("ACR", "mfa"))),
            (
                "Auth_Time",
                trial.issuer.token(&Token::new().without("auth_time").with("Auth_Time", NOW)),
            ),
            (
                "iat and updated_at instead of auth_time",
                trial.issuer.token(
                    &Token::new().without("auth_time").with("iat", NOW).with("updated_at", NOW),
                ),
            ),
            (
                "amr instead of acr",
                trial.issuer.token(&Token::new().without("acr").with("amr", vec!["mfa", "hwk"])),
            ),
        ],
    );
    trial.each("/mfa", Verdict::Admitted, [("no auth_time", without(&["auth_time"]))]);
    trial.each("/mfa", Verdict::Short, [("no acr", without(&["acr"]))]);
    trial.each("/fresh", Verdict::Admitted, [("no acr", without(&["acr"]))]);
    trial.each("/fresh", Verdict::Short, [("no auth_time", without(&["auth_time"]))]);
}
