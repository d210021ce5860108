//! T31: one credential, in one place, spelled in one way.

use http::{HeaderValue, Method, Request};
use stepup_tests::{Payload, Token};

use crate::trial::{Trial, Verdict};
use Verdict::{Admitted, Invalid, Malformed, NoCredential};

#[test]
fn t31_a_bearer_line_is_read_strictly() {
    let trial = Trial::new();
    let good = trial.good();
    let bad = trial.issuer.token(&Token::new().with("aud", "https://other.example"));
    for (spelling, verdict) in [
        ("Bearer T", Admitted),
        ("bearer T", Admitted),
        ("BEARER T", Admitted),
        ("bEaReR T", Admitted),
        ("Bearer   T", Admitted),
        ("Bearer", Malformed),
        ("Bearer ", Malformed),
        ("Bearer\tT", Malformed),
        ("Bearer \tT", Malformed),
        ("Bearer\t T", Malformed),
        ("Bearer T ", Malformed),
        ("Bearer T\t", Malformed),
        ("Bearer T T", Malformed),
        ("Bearer Bearer T", Malformed),
        ("Bearer bearer T", Malformed),
        ("Bearer T, Bearer T", Malformed),
        ("Bearer T,Bearer T", Malformed),
        ("Bearer T,Bearer B", Malformed),
        ("Bearer B,Bearer T", Malformed),
        ("Bearer T,", Malformed),
        ("Bearer ,T", Malformed),
        ("Bearer, T", Malformed),
        ("Bearer,Bearer T", Malformed),
        ("Bearer T;", Malformed),
        ("Bearer \"T\"", Malformed),
        ("Bearer 'T'", Malformed),
        ("Bearer <T>", Malformed),
        ("Bearer token=T", Malformed),
        ("Bearer token=\"T\"", Malformed),
        ("Bearer realm=\"x\", token=\"T\"", Malformed),
        ("Bearer =", Malformed),
        ("Bearer ==", Malformed),
        ("Bearer =T", Malformed),
        ("Bearer T#x", Malformed),
        ("Bearer T?x", Malformed),
        ("Bearer T%00", Malformed),
        ("Bearer T\\", Malformed),
        ("Bearer T@x", Malformed),
        ("Bearer T:x", Malformed),
        ("Bearer T*", Malformed),
        ("Bearer null", Invalid),
        ("Bearer undefined", Invalid),
        ("Bearer ~", Invalid),
        ("Bearer /T", Invalid),
        ("Bearer T+", Invalid),
        ("T", NoCredential),
        ("", NoCredential),
        (" Bearer T", NoCredential),
        ("Bearer: T", NoCredential),
        ("Bearer:T", NoCredential),
        ("Bearer=T", NoCredential),
        ("BearerT", NoCredential),
        ("BearerX T", NoCredential),
        ("Bear T", NoCredential),
        ("Token T", NoCredential),
        ("JWT T", NoCredential),
        ("DPoP T", NoCredential),
        ("Basic T", NoCredential),
        ("Basic x, Bearer T", Malformed),
        ("Basic x,bearer T", Malformed),
        ("Digest a=\"b\", bearer=c", NoCredential),
        ("\"Bearer\" T", NoCredential),
        ("authorization: Bearer T", NoCredential),
    ] {
        let mut line = String::new();
        for word in spelling.split_inclusive(|letter: char| !letter.is_ascii_alphanumeric()) {
            let name = word.trim_end_matches(|letter: char| !letter.is_ascii_alphanumeric());
            line += &match name {
                "T" => word.replacen('T', &good, 1),
                "B" => word.replacen('B', &bad, 1),
                "BearerT" => word.replacen('T', &good, 1),
                _ => word.to_owned(),
            };
        }
        trial.judge(spelling, "/mfa_fresh", &[&line], verdict);
        trial.control("/mfa_fresh");
    }
}

/// Bytes that no text has.
#[test]
fn t31_a_bearer_line_is_ascii() {
    let trial = Trial::new();
    let good = trial.good().into_bytes();
    let line = |parts: &[&[u8]]| [b"Bearer ", parts.concat().as_slice()].concat();
    for (name, line, verdict) in [
        ("the control", line(&[&good]), Admitted),
        ("0xFF behind", line(&[&good, b"\xff"]), Malformed),
        ("0x80 in front", line(&[b"\x80", &good]), Malformed),
        ("é", line(&["é".as_bytes()]), Malformed),
        ("a no-break space", line(&[b"\xc2\xa0", &good]), Malformed),
        ("a no-break space after the scheme", [b"Bearer\xa0", &good[..]].concat(), NoCredential),
        ("a look-alike of the scheme", ["Ｂearer ".as_bytes(), &good].concat(), NoCredential),
        ("a Kelvin sign", ["Bearer \u{212a}".as_bytes(), &good].concat(), Malformed),
    ] {
        trial.judge_request(name, verdict, || {
            let line = HeaderValue::from_bytes(&line).expect("a header's value");
            let request = Request::post("/mfa_fresh").header("authorization", line);
            request.body(Payload::NONE).expect("a request")
        });
    }
    for control in [b"Bearer a\r\nb".as_slice(), b"Bearer a\nb", b"Bearer a\rb", b"Bearer a\0b"] {
        assert!(HeaderValue::from_bytes(control).is_err(), "no request can carry it");
    }
}

#[test]
fn t31_two_lines_are_one_too_many() {
    let trial = Trial::new();
    let good = format!("Bearer {}", trial.good());
    let bad = format!("Bearer {}", trial.issuer.token(&Token::new().with("sub", "")));
    let rows: [(&str, &[&str]); 9] = [
        ("the same twice", &[&good, &good]),
        ("good first", &[&good, &bad]),
        ("bad first", &[&bad, &good]),
        ("an empty one behind", &[&good, ""]),
        ("an empty one in front", &["", &good]),
        ("a password behind", &[&good, "Basic YTpi"]),
        ("a password in front", &["Basic YTpi", &good]),
        ("two passwords", &["Basic YTpi", "Basic YTpi"]),
        ("three", &[&good, &good, &good]),
    ];
    for (name, lines) in rows {
        trial.judge(name, "/mfa_fresh", lines, Malformed);
        trial.control("/mfa_fresh");
    }
}

/// A token anywhere else: `place` puts it into a request.
fn elsewhere(place: &str, token: &str, authorization: Option<&str>) -> Request<Payload> {
    let mut request = Request::builder().method(Method::POST);
    let mut body = Payload::NONE;
    let mut uri = "/mfa_fresh".to_owned();
    match place.split_once(' ').expect("a place and its name") {
        ("query", name) => uri = format!("{uri}?{name}={token}"),
        ("form", name) => {
            request = request.header("content-type", "application/x-www-form-urlencoded");
            body = Payload::Bytes(format!("{name}={token}").into());
        }
        ("json", name) => {
            request = request.header("content-type", "application/json");
            body = Payload::Bytes(format!(r#"{{"{name}":"{token}"}}"#).into());
        }
        ("cookie", name) => request = request.header("cookie", format!("{name}={token}")),
        (_, name) => request = request.header(name, format!("Bearer {token}")),
    }
    if let Some(line) = authorization {
        request = request.header("authorization", line);
    }
    request.uri(uri).body(body).expect("a request")
}

#[test]
fn t31_a_token_elsewhere_is_none() {
    let trial = Trial::new();
    let good = trial.good();
    let bad = trial.issuer.token(&Token::new().with("sub", ""));
    let (good_line, bad_line) = (format!("Bearer {good}"), format!("Bearer {bad}"));
    for place in [
        "query access_token",
        "query token",
        "query authorization",
        "form access_token",
        "json access_token",
        "cookie access_token",
        "cookie Authorization",
        "cookie Bearer",
        "header proxy-authorization",
        "header x-authorization",
        "header x-forwarded-authorization",
        "header x-original-authorization",
        "header x-step-up",
        "header www-authenticate",
        "header sec-websocket-protocol",
    ] {
        let judge = |token: &str, line: Option<&str>, verdict| {
            trial.judge_request(place, verdict, || elsewhere(place, token, line));
        };
        judge(&good, None, NoCredential);
        judge(&bad, None, NoCredential);
        judge(&good, Some(&bad_line), Invalid);
        judge(&good, Some("Basic YTpi"), NoCredential);
        judge(&good, Some("Bearer"), Malformed);
        // What is never looked at spoils nothing.
        judge(&bad, Some(&good_line), Admitted);
    }
}
