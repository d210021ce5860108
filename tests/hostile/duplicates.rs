//! T7: a member that stands twice is read in two ways.

use stepup_tests::{AUDIENCE, ISSUER, NOW, Token};

use crate::trial::{Trial, Verdict};

/// `name` spelled with its first letter escaped.
fn escaped(name: &str) -> String {
    format!("\\u{:04x}{}", u32::from(name.as_bytes()[0]), &name[1..])
}

#[test]
fn t7_a_claim_stands_once() {
    let trial = Trial::new();
    let text = |text: &str| format!("\"{text}\"");
    let mut rows = Vec::new();
    for (claim, good, bad) in [
        ("acr", text("mfa"), text("single-factor")),
        ("aud", text(AUDIENCE), text("https://other.example")),
        ("iss", text(ISSUER), text("https://other.example")),
        ("sub", text("alice"), text("bob")),
        ("client_id", text("web"), text("app")),
        ("jti", text("e1j3V"), text("e1j3W")),
        ("scope", text("payments"), text("")),
        ("amr", r#"["pwd","otp"]"#.to_owned(), r#"["pwd"]"#.to_owned()),
        ("exp", (NOW + 600).to_string(), (NOW - 600).to_string()),
        ("iat", (NOW - 30).to_string(), (NOW + 600).to_string()),
        ("nbf", (NOW - 30).to_string(), (NOW + 600).to_string()),
        ("auth_time", (NOW - 60).to_string(), (NOW - 6000).to_string()),
        ("x", "1".to_owned(), "2".to_owned()),
    ] {
        let rest = Token::new().without(claim).payload();
        let rest = &rest[1..rest.len() - 1];
        let null = "null".to_owned();
        for (a, b) in [(&good, &bad), (&bad, &good), (&good, &good), (&good, &null), (&null, &good)]
        {
            let other = escaped(claim);
            for payload in [
                format!(r#"{{"{claim}":{a},"{claim}":{b},{rest}}}"#),
                format!(r#"{{"{claim}":{a},{rest},"{claim}":{b}}}"#),
                format!(r#"{{"{claim}":{a},"{other}":{b},{rest}}}"#),
                format!(r#"{{"{other}":{a},{rest},"{claim}":{b}}}"#),
            ] {
                rows.push((payload.clone(), trial.payload(&payload)));
            }
        }
        // Once and escaped it is the claim itself.
        let payload = format!(r#"{{"{}":{good},{rest}}}"#, escaped(claim));
        trial.each("/mfa_fresh", Verdict::Admitted, [(&payload, trial.payload(&payload))]);
    }
    trial.each("/mfa_fresh", Verdict::Invalid, rows);
}

#[test]
fn t7_so_does_a_member_inside() {
    let trial = Trial::new();
    let with = |raw: &str| trial.payload(&Token::new().payload_with_raw("x", raw));
    trial.each(
        "/mfa_fresh",
        Verdict::Invalid,
        [
            r#"{"a":1,"a":2}"#,
            r#"{"a":1,"\u0061":1}"#,
            r#"{"b":{"a":1,"a":1}}"#,
            r#"[{"a":1,"a":1}]"#,
            r#"[[{"b":[{"a":1,"b":2,"a":3}]}]]"#,
            r#"[{"type":"payment","amount":1,"amount":1000}]"#,
            r#"{"":1,"":1}"#,
        ]
        .map(|raw| (raw, with(raw))),
    );
    trial.each(
        "/mfa_fresh",
        Verdict::Admitted,
        [r#"{"a":1,"b":{"a":1}}"#, r#"[{"a":1},{"a":1}]"#, r#"{"a":1,"A":1}"#]
            .map(|raw| (raw, with(raw))),
    );
}

#[test]
fn t7_a_header_stands_once() {
    let trial = Trial::new();
    let mut rows = Vec::new();
    for (name, good, bad) in [
        ("alg", r#""ES256""#, r#""none""#),
        ("typ", r#""at+jwt""#, r#""JWT""#),
        ("kid", r#""key-1""#, r#""key-2""#),
        ("x", "1", "2"),
        ("jwk", "{}", "{\"a\":1}"),
    ] {
        let rest: Vec<_> = [("alg", r#""ES256""#), ("typ", r#""at+jwt""#), ("kid", r#""key-1""#)]
            .into_iter()
            .filter(|(other, _)| *other != name)
            .map(|(name, value)| format!("\"{name}\":{value}"))
            .collect();
        let rest = rest.join(",");
        let other = escaped(name);
        for (a, b) in [(good, bad), (bad, good), (good, good), (good, "null"), ("null", good)] {
            for header in [
                format!(r#"{{"{name}":{a},"{name}":{b},{rest}}}"#),
                format!(r#"{{"{name}":{a},{rest},"{name}":{b}}}"#),
                format!(r#"{{"{name}":{a},"{other}":{b},{rest}}}"#),
                format!(r#"{{"{other}":{a},{rest},"{name}":{b}}}"#),
            ] {
                rows.push((header.clone(), trial.header(&header)));
            }
        }
        let header = format!(r#"{{"{other}":{good},{rest}}}"#);
        trial.each("/mfa_fresh", Verdict::Admitted, [(&header, trial.header(&header))]);
    }
    for member in [r#""x":{"a":1,"a":1}"#, r#""jwk":{"kty":"EC","kty":"RSA"}"#] {
        rows.push((member.to_owned(), trial.header_and(member)));
    }
    trial.each("/mfa_fresh", Verdict::Invalid, rows);
}
