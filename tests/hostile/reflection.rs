//! C15: answers are not cached, and nothing that came from the caller is in them.

use std::panic::catch_unwind;

use http::{HeaderValue, Request, StatusCode};
use stepup_core::{Algorithm, Gate, KeySet, Ladder, Method, Rejection, Requirement};
use stepup_tests::{AUDIENCE, Answer, ISSUER, Issuer, NOW, Payload, Token, clock};

use crate::trial::Trial;

/// A request, all of whose free places say `marker`.
fn request(path: &str, lines: &[String], marker: &str) -> Request<Payload> {
    let mut request = Request::post(format!("{path}?{marker}={marker}"))
        .header("host", format!("{marker}.example"))
        .header("origin", format!("https://{marker}.example"))
        .header("referer", format!("https://{marker}.example/{marker}"))
        .header("user-agent", marker)
        .header("accept", format!("text/html;q=0.1, application/{marker}"))
        .header("accept-language", marker)
        .header("content-type", format!("text/{marker}"))
        .header("cookie", format!("{marker}={marker}"))
        .header("x-request-id", marker)
        .header("x-forwarded-host", marker)
        .header("x-forwarded-proto", marker)
        .header(format!("x-{}", marker.to_lowercase()), marker);
    for line in lines {
        request = request.header("authorization", line.as_bytes());
    }
    request.body(Payload::Bytes(marker.as_bytes().to_vec())).expect("a request")
}

type Case = (&'static str, &'static str, u16, Vec<String>);

/// Every way to be refused: name, path, status, `Authorization` lines.
fn cases(trial: &Trial, marker: &str) -> Vec<Case> {
    let bearer = |token: String| vec![format!("Bearer {token}")];
    let issuer = &trial.issuer;
    let marked = Token::new()
        .with("sub", marker)
        .with("client_id", format!("{marker}-client"))
        .with("jti", marker)
        .with("scope", format!("{marker} {marker}2"))
        .with("amr", vec![marker])
        .with(marker, marker);
    let token = |token: &Token| bearer(issuer.token(token));
    let header = |alg: &str, typ: &str, kid: &str| {
        let header =
            format!(r#"{{"alg":"{alg}","typ":"{typ}","kid":"{kid}","{marker}":"{marker}"}}"#);
        bearer(issuer.sign(&header, &marked.payload()))
    };
    vec![
        ("nothing", "/mfa", 401, vec![]),
        ("another scheme", "/mfa", 401, vec![format!("{marker} {marker}")]),
        ("malformed", "/mfa", 400, vec![format!("Bearer {marker} {marker}")]),
        ("quoted", "/mfa", 400, vec![format!("Bearer \"{marker}\"")]),
        ("not ASCII", "/mfa", 400, vec![format!("Bearer {marker}é")]),
        ("several", "/mfa", 400, vec![format!("Bearer {marker}"), format!("Bearer {marker}")]),
        ("garbage", "/mfa", 401, bearer(marker.to_owned())),
        ("garbage in parts", "/mfa", 401, bearer(format!("{marker}.{marker}.{marker}"))),
        ("unknown alg", "/mfa", 401, header(marker, "at+jwt", "key-1")),
        ("unknown typ", "/mfa", 401, header("ES256", marker, "key-1")),
        ("unknown kid", "/mfa", 401, header("ES256", "at+jwt", marker)),
        ("another issuer", "/mfa", 401, token(&marked.clone().with("iss", marker))),
        ("another audience", "/mfa", 401, token(&marked.clone().with("aud", marker))),
        ("malformed claim", "/mfa", 401, token(&marked.clone().with("exp", marker))),
        ("expired", "/mfa", 401, token(&marked.clone().with("exp", NOW - 1))),
        ("unknown level", "/mfa", 401, token(&marked.clone().with("acr", marker))),
        ("low level", "/phr", 401, token(&marked)),
        ("no level", "/mfa", 401, token(&marked.clone().without("acr"))),
        ("stale", "/fresh", 401, token(&marked.clone().with("auth_time", NOW - 301))),
        ("methods", "/hwk_pin", 401, token(&marked)),
        ("scope and level", "/scope_mfa", 401, token(&marked.clone().with("acr", marker))),
        ("scope", "/scope", 403, token(&marked)),
        ("no user", "/mfa", 403, token(&marked.clone().with("client_id", marker))),
        ("verified only", "/verified", 401, bearer(marker.to_owned())),
    ]
}

fn contains(answer: &Answer, marker: &str) -> bool {
    let marker = marker.to_lowercase();
    let holds = |bytes: &[u8]| String::from_utf8_lossy(bytes).to_lowercase().contains(&marker);
    let in_headers = answer
        .headers
        .iter()
        .any(|(name, value)| holds(name.as_str().as_bytes()) || holds(value.as_bytes()));
    in_headers || holds(&answer.body)
}

#[test]
fn c15_no_answer_reflects_the_caller() {
    let trial = Trial::new();
    let (one, other) = ("Mark3rOne7f", "Mark3rTwo9c");
    // The search finds what is there: this route answers with the subject.
    let subject = trial.issuer.token(&Token::new().with("sub", one));
    for (framework, answer) in
        trial.answers(|| request("/verified", &[format!("Bearer {subject}")], one))
    {
        assert!(answer.status == StatusCode::OK && contains(&answer, one), "{framework:?}");
    }
    for (a, b) in cases(&trial, one).into_iter().zip(cases(&trial, other)) {
        let (name, path, status, lines) = a;
        let answers = trial.answers(|| request(path, &lines, one));
        let others = trial.answers(|| request(path, &b.3, other));
        for ((framework, answer), (_, other_answer)) in answers.into_iter().zip(others) {
            let name = format!("{framework:?}: {name}");
            assert_eq!((answer.status.as_u16(), answer.ran), (status, 0), "{name}");
            assert!(!contains(&answer, one), "{name}: {answer:?}");
            assert_eq!(answer, other_answer, "{name}: the answer depends on what was sent");
        }
        trial.control("/mfa_fresh");
    }
}

#[test]
fn c15_no_answer_is_cached_and_every_challenge_is_plain() {
    let trial = Trial::new();
    for (name, path, status, lines) in cases(&trial, "Mark3r") {
        for (framework, answer) in trial.answers(|| request(path, &lines, "Mark3r")) {
            let name = format!("{framework:?}: {name}");
            let headers = &answer.headers;
            assert_eq!(answer.status, status, "{name}");
            let cached: Vec<_> = headers.get_all("cache-control").iter().collect();
            assert_eq!(cached, ["no-store"], "{name}");
            assert_eq!(headers["content-type"], "application/problem+json", "{name}");
            assert!(headers.get("set-cookie").is_none(), "{name}");
            for value in headers.values() {
                assert!(value.as_bytes().iter().all(|b| matches!(b, 0x20..=0x7E)), "{name}");
            }
            let lines: Vec<_> = headers.get_all("www-authenticate").iter().collect();
            // Who is no user cannot log in.
            let expected = usize::from(!name.ends_with("no user"));
            assert_eq!(lines.len(), expected, "{name}: {lines:?}");
            for line in lines {
                let line = line.to_str().expect("ASCII");
                let challenges = http_auth::parse_challenges(line).expect(line);
                assert_eq!(challenges.len(), 1, "{name}: {line}");
                assert!(!line.contains('\\'), "{name}: {line}");
            }
        }
    }
    let bare = Rejection::no_gate("a hint for the log").response();
    assert_eq!(bare.status(), 500);
    assert_eq!(bare.headers()["cache-control"], "no-store");
    assert!(!String::from_utf8_lossy(bare.body()).contains("hint"));
}

const IN_NO_HEADER: [&str; 12] = [
    "",
    "a\"b",
    "a\\b",
    "a\r\nSet-Cookie: b=c",
    "a\nb",
    "a\rb",
    "a\tb",
    "a\0b",
    "a\u{7f}b",
    "é",
    "a\u{2028}b",
    "\u{feff}",
];

#[test]
fn c15_what_a_header_cannot_carry_does_not_start() {
    let issuer = Issuer::new(Algorithm::Es256);
    let builder = |audience: &str| {
        let keys = KeySet::from_jwks(issuer.jwks().as_bytes()).expect("good keys");
        Gate::builder(ISSUER, audience).keys(keys).clock(clock())
    };
    for text in IN_NO_HEADER {
        assert!(builder(AUDIENCE).realm(text).build().is_err(), "realm {text:?}");
        assert!(builder(text).build().is_err(), "audience {text:?}");
        assert_eq!(
            builder(text).realm("fine").build().is_ok(),
            !text.is_empty(),
            "an audience {text:?} that is in no header"
        );
    }
    for text in ["a\r\nb", "a\nb", "a\rb", "a\tb", "a\0b", "a\u{7f}b", "a b", "é"] {
        let problems = format!("https://api.example/{text}/");
        assert!(builder(AUDIENCE).problem_types(&problems).build().is_err(), "{problems:?}");
    }
    for problems in ["", "/", "problems/", "https://api.example"] {
        assert!(builder(AUDIENCE).problem_types(problems).build().is_err(), "{problems:?}");
    }
    for realm in ["a", "the accounts, and more", "a'b; c=d", AUDIENCE] {
        let gate = builder(AUDIENCE).realm(realm).build().expect(realm);
        let trial = Trial::behind(Issuer::new(Algorithm::EdDsa), clock(), &gate);
        for (framework, answer) in trial.answers(|| request("/mfa", &[], "x")) {
            assert_eq!(answer.challenge(), format!("Bearer realm=\"{realm}\""), "{framework:?}");
        }
    }
}

/// In a `const` these are compile errors.
#[test]
fn c15_words_that_a_challenge_cannot_carry_are_no_requirement() {
    for text in IN_NO_HEADER.into_iter().chain(["a b", " a"]) {
        assert!(catch_unwind(|| Requirement::scope(text)).is_err(), "scope {text:?}");
        assert!(
            catch_unwind(|| Requirement::method(Method::new(text))).is_err(),
            "method {text:?}"
        );
        let names: &'static [&'static str] = vec![text].leak();
        assert!(catch_unwind(|| Ladder::new(names)).is_err(), "level {text:?}");
    }
    assert!(catch_unwind(|| Requirement::scope("a:b")).is_ok(), "the control");
    assert!(catch_unwind(|| Requirement::method(Method::new("a:b"))).is_ok(), "the control");
    assert!(catch_unwind(|| Ladder::new(&["a:b"])).is_ok(), "the control");
    // A reason stands in the body alone, which is JSON: it may say what it likes.
    let reason = "\"Quotes\", \\ and\r\nlines";
    assert!(catch_unwind(|| Requirement::scope("a").because(reason)).is_ok());
    assert!(HeaderValue::from_str(reason).is_err());
}
