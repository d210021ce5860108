//! The rows: every branch, every form of requirement, both boundaries of every rule about time.

use std::time::Duration;

use serde_json::{Value, json};
use stepup_tests::{AUDIENCE, Issuer, NOW, Token};

pub struct Row {
    pub name: &'static str,
    pub path: &'static str,
    pub sent: Sent,
    /// How far the clock is moved before the request.
    pub later: Duration,
    pub expect: Expect,
}

pub enum Sent {
    Lines(&'static [&'static str]),
    Token(Token),
}

pub enum Expect {
    Admit,
    Refuse { status: u16, challenge: String, body: Value },
}

impl Sent {
    pub fn lines(&self, issuer: &Issuer) -> Vec<String> {
        match self {
            Self::Lines(lines) => lines.iter().map(|line| (*line).to_owned()).collect(),
            Self::Token(token) => vec![format!("Bearer {}", issuer.token(token))],
        }
    }
}

impl Row {
    /// Moves the clock before the request.
    fn later(mut self, seconds: u64) -> Self {
        self.later = Duration::from_secs(seconds);
        self
    }
}

fn row(name: &'static str, path: &'static str, sent: Sent, expect: Expect) -> Row {
    Row { name, path, sent, later: Duration::ZERO, expect }
}

fn admit(name: &'static str, path: &'static str, token: Token) -> Row {
    row(name, path, Sent::Token(token), Expect::Admit)
}

fn bearer(rest: &str) -> String {
    format!("Bearer realm=\"{AUDIENCE}\"{rest}")
}

fn problem(name: &str, title: &str, status: u16, detail: &str) -> Value {
    json!({
        "type": format!("https://stepup.example/problems/{name}"),
        "title": title,
        "status": status,
        "detail": detail,
    })
}

fn no_credential(name: &'static str, path: &'static str, lines: &'static [&'static str]) -> Row {
    let body = problem(
        "credential-required",
        "Authentication required",
        401,
        "Sign in, and send the access token as `Authorization: Bearer …`.",
    );
    row(name, path, Sent::Lines(lines), Expect::Refuse { status: 401, challenge: bearer(""), body })
}

fn malformed(name: &'static str, lines: &'static [&'static str]) -> Row {
    let several = lines.len() > 1;
    let (description, detail) = if several {
        ("The request carries more than one credential", "Send exactly one `Authorization` header.")
    } else {
        (
            "The access token is malformed",
            "The access token is empty or has a character that no token has.",
        )
    };
    let mut body = problem("malformed-credential", "Malformed credential", 400, detail);
    body["error"] = json!("invalid_request");
    let challenge =
        bearer(&format!(", error=\"invalid_request\", error_description=\"{description}\""));
    row(name, "/mfa", Sent::Lines(lines), Expect::Refuse { status: 400, challenge, body })
}

fn invalid(name: &'static str, token: Token) -> Row {
    refused_token(name, Sent::Token(token), false)
}

fn expired(name: &'static str, token: Token) -> Row {
    refused_token(name, Sent::Token(token), true)
}

fn refused_token(name: &'static str, sent: Sent, expired: bool) -> Row {
    let (description, detail) = if expired {
        ("The access token expired", "The access token has expired. Refresh it, or sign in again.")
    } else {
        ("The access token is invalid", "The access token is not valid here. Sign in again.")
    };
    let mut body = problem("invalid-token", "Invalid access token", 401, detail);
    body["error"] = json!("invalid_token");
    let challenge =
        bearer(&format!(", error=\"invalid_token\", error_description=\"{description}\""));
    row(name, "/mfa_fresh", sent, Expect::Refuse { status: 401, challenge, body })
}

const WEAK: [&str; 2] = [
    "A different authentication level is required",
    "This needs a stronger sign-in than the one you have. Confirm that it is you to go on.",
];
const UNKNOWN: [&str; 2] = [
    "The authentication level is not known; a stated one is required",
    "Your sign-in does not say how it was done. Confirm that it is you to go on.",
];
const STALE: [&str; 2] = [
    "More recent authentication is required",
    "Your sign-in was too long ago for this. Confirm that it is you to go on.",
];
const UNDATED: [&str; 2] = [
    "The time of authentication is not known; a recent one is required",
    "Your sign-in does not say when it was. Confirm that it is you to go on.",
];

/// A step-up challenge: what the header lists (in its order), and which parts fall short.
fn short(
    name: &'static str,
    path: &'static str,
    token: Token,
    [description, detail]: [&str; 2],
    asked: &[(&str, &str)],
    parts: &[&str],
) -> Row {
    let mut challenge = bearer(&format!(
        ", error=\"insufficient_user_authentication\", error_description=\"{description}\""
    ));
    let mut body = problem("step-up-required", "Step-up authentication required", 401, detail);
    body["step_up_required"] = json!(true);
    body["error"] = json!("insufficient_user_authentication");
    body["shortfall"] = json!(parts);
    for (parameter, value) in asked {
        challenge.push_str(&format!(", {parameter}=\"{value}\""));
        body[*parameter] = match value.parse::<u64>() {
            Ok(number) => json!(number),
            Err(_) => json!(value.split(' ').collect::<Vec<_>>()),
        };
    }
    row(name, path, Sent::Token(token), Expect::Refuse { status: 401, challenge, body })
}

fn no_user(name: &'static str, path: &'static str, token: Token) -> Row {
    let body = problem(
        "user-required",
        "A user is required",
        403,
        "This needs a person who has signed in; the access token is a client's own.",
    );
    let expect = Expect::Refuse { status: 403, challenge: String::new(), body };
    row(name, path, Sent::Token(token), expect)
}

fn lacks_scope(name: &'static str, token: Token) -> Row {
    let mut body = problem(
        "insufficient-scope",
        "The access token lacks a scope",
        403,
        "The access token does not allow this. Ask for one with the scope named here.",
    );
    body["error"] = json!("insufficient_scope");
    body["scope"] = json!(["payments", "accounts:read"]);
    let challenge = bearer(
        ", error=\"insufficient_scope\", error_description=\"The access token lacks a scope\", \
         scope=\"payments accounts:read\"",
    );
    let expect = Expect::Refuse { status: 403, challenge, body };
    row(name, "/scope", Sent::Token(token), expect)
}

/// A good token: alice, `mfa`, a minute ago.
fn good() -> Token {
    Token::new()
}

fn acr(acr: &str) -> Token {
    good().with("acr", acr)
}

/// Logged in this many seconds ago.
fn ago(seconds: u64) -> Token {
    good().with("auth_time", NOW - seconds).with("iat", NOW)
}

fn amr(methods: &[&str]) -> Token {
    good().with("amr", methods.to_vec())
}

const MFA: (&str, &str) = ("acr_values", "mfa phr phrh");
const PHR: (&str, &str) = ("acr_values", "phr phrh");
const FIVE_MINUTES: (&str, &str) = ("max_age", "300");
const MINUTE: (&str, &str) = ("max_age", "60");

#[rustfmt::skip]
pub fn rows() -> Vec<Row> {
    let reason = |mut row: Row, text: &str| {
        if let Expect::Refuse { body, .. } = &mut row.expect {
            body["detail"] = json!(text);
        }
        row
    };
    vec![
        // No credential: no error code and no hint (R-6750-03).
        no_credential("nothing sent, level", "/mfa", &[]),
        no_credential("nothing sent, age", "/fresh", &[]),
        no_credential("nothing sent, methods", "/hwk", &[]),
        no_credential("nothing sent, scope", "/scope", &[]),
        no_credential("nothing sent, alternatives", "/either", &[]),
        no_credential("nothing sent, no guard", "/verified", &[]),
        no_credential("another scheme", "/mfa", &["Basic YWxpY2U6c2VjcmV0"]),
        no_credential("a scheme that begins alike", "/mfa", &["Bearerish abc"]),
        no_credential("an empty line", "/mfa", &[""]),

        // Malformed (R-6750-05, R-6750-06).
        malformed("two bearer tokens", &["Bearer a.b.c", "Bearer a.b.c"]),
        malformed("two schemes", &["Basic YTpi", "Bearer a.b.c"]),
        malformed("no token", &["Bearer"]),
        malformed("two tokens in a line", &["Bearer a.b.c, Bearer a.b.c"]),
        malformed("a space in the token", &["Bearer a.b. c"]),
        malformed("a character outside b64token", &["Bearer a.b.c!"]),

        // Bad tokens learn nothing of the requirement (R-9470-17).
        refused_token("no JWT", Sent::Lines(&["Bearer abc"]), false),
        refused_token("two segments", Sent::Lines(&["Bearer abc.def"]), false),
        refused_token("five segments", Sent::Lines(&["Bearer a.b.c.d.e"]), false),
        invalid("another issuer", good().with("iss", "https://evil.example")),
        invalid("the issuer with a slash", good().with("iss", "https://idp.example/")),
        invalid("another audience", good().with("aud", "https://other.example")),
        invalid("no audience", good().without("aud")),
        invalid("bound to a key", good().with("cnf", json!({"jkt": "abc"}))),
        invalid("exp mistyped", good().with("exp", "never")),
        invalid("acr mistyped", good().with("acr", json!(["mfa"]))),

        // Boundaries of validity. The skew is 5 s, and `exp` has none.
        admit("a second before exp", "/mfa", good().with("exp", NOW + 1)),
        expired("at exp", good().with("exp", NOW)),
        expired("long after exp", good().with("exp", NOW - 3600).with("iat", NOW - 7200).with("auth_time", NOW - 7200)),
        expired("expired meanwhile", good().with("exp", NOW + 10)).later(10),
        admit("a second before it expires meanwhile", "/mfa", good().with("exp", NOW + 10)).later(9),
        admit("nbf within the skew", "/mfa", good().with("nbf", NOW + 5)),
        invalid("nbf beyond the skew", good().with("nbf", NOW + 6)),
        admit("iat within the skew", "/mfa", good().with("iat", NOW + 5)),
        invalid("iat beyond the skew", good().with("iat", NOW + 6)),
        admit("auth_time within the skew", "/mfa_fresh", good().with("auth_time", NOW + 5).with("iat", NOW + 5)),
        invalid("auth_time beyond the skew", good().with("auth_time", NOW + 6).with("iat", NOW + 5)),
        admit("a login just after the issue, within the skew", "/mfa", good().with("iat", NOW - 30).with("auth_time", NOW - 25)),
        invalid("a login after the issue", good().with("iat", NOW - 30).with("auth_time", NOW - 24)),
        admit("aud among others", "/mfa", good().with("aud", json!(["https://other.example", AUDIENCE]))),
        admit("dates with fractions", "/mfa_fresh", good().with("exp", NOW as f64 + 1.5).with("auth_time", NOW as f64 - 299.5)),

        // Levels.
        admit("the level itself", "/mfa", acr("mfa")),
        admit("a level above", "/mfa", acr("phrh")),
        admit("the lowest level", "/single", acr("single-factor")),
        admit("the highest level", "/phrh", acr("phrh")),
        short("a level below", "/mfa", acr("single-factor"), WEAK, &[MFA], &["level"]),
        short("two levels below", "/phr", acr("single-factor"), WEAK, &[PHR], &["level"]),
        short("the highest demanded", "/phrh", acr("phr"), WEAK, &[("acr_values", "phrh")], &["level"]),
        short("no acr", "/mfa", good().without("acr"), UNKNOWN, &[MFA], &["level"]),
        short("an acr not on the ladder", "/mfa", acr("urn:other"), UNKNOWN, &[MFA], &["level"]),
        short("acr in other letters", "/mfa", acr("MFA"), UNKNOWN, &[MFA], &["level"]),
        short("acr 0", "/single", acr("0"), UNKNOWN, &[("acr_values", "single-factor mfa phr phrh")], &["level"]),

        // Age: exactly max_age is recent enough, a second more is not.
        admit("at max_age", "/fresh", ago(300)),
        short("past max_age", "/fresh", ago(301), STALE, &[FIVE_MINUTES], &["age"]),
        admit("at a max_age of a second", "/second", ago(1)),
        short("past a max_age of a second", "/second", ago(2), STALE, &[("max_age", "1")], &["age"]),
        admit("at max_age meanwhile", "/minute", good()).later(0),
        short("past max_age meanwhile", "/minute", good(), STALE, &[MINUTE], &["age"]).later(1),
        short("no auth_time", "/fresh", good().without("auth_time"), UNDATED, &[FIVE_MINUTES], &["age"]),
        short("iat is no auth_time", "/second", good().without("auth_time").with("iat", NOW), UNDATED, &[("max_age", "1")], &["age"]),
        admit("no level demanded, none there", "/fresh", good().without("acr")),
        admit("no age demanded, none there", "/mfa", good().without("auth_time")),

        // Level and age.
        admit("strong and recent", "/mfa_fresh", ago(300)),
        short("strong and stale", "/mfa_fresh", ago(301), STALE, &[MFA, FIVE_MINUTES], &["age"]),
        short("weak and recent", "/mfa_fresh", acr("single-factor"), WEAK, &[MFA, FIVE_MINUTES], &["level"]),
        short("weak and stale", "/mfa_fresh", ago(301).with("acr", "single-factor"), WEAK, &[MFA, FIVE_MINUTES], &["level", "age"]),
        short("neither acr nor auth_time", "/mfa_fresh", good().without("acr").without("auth_time"), UNKNOWN, &[MFA, FIVE_MINUTES], &["level", "age"]),

        // Methods.
        admit("the method", "/hwk", amr(&["pwd", "hwk"])),
        admit("all methods, strong and recent", "/hwk_pin", amr(&["pin", "hwk"])),
        short("another method", "/hwk", amr(&["pwd"]), WEAK, &[("amr_values", "hwk")], &["methods"]),
        short("a method in other letters", "/hwk", amr(&["HWK"]), WEAK, &[("amr_values", "hwk")], &["methods"]),
        short("one of two methods", "/hwk_pin", amr(&["hwk"]), WEAK, &[MFA, FIVE_MINUTES, ("amr_values", "hwk pin")], &["methods"]),
        short("no methods", "/hwk", good(), UNKNOWN, &[("amr_values", "hwk")], &["methods"]),

        // Named types, tuples, alternatives, reasons.
        admit("the stricter of each part", "/strictest", acr("phr")),
        short("the stricter of each part, weak", "/strictest", good(), WEAK, &[PHR, MINUTE], &["level"]),
        short("the stricter of each part, stale", "/strictest", ago(61).with("acr", "phr"), STALE, &[PHR, MINUTE], &["age"]),
        admit("the first alternative", "/either", ago(4000).with("acr", "phrh")),
        admit("the second alternative", "/either", ago(60)),
        short("neither alternative", "/either", ago(61), WEAK, &[("acr_values", "phrh mfa phr"), MINUTE], &["level"]),
        short("neither alternative, nearer to the second", "/either", acr("single-factor"), WEAK, &[("acr_values", "phrh mfa phr"), MINUTE], &["level"]),
        admit("a level or methods: the level", "/either_method", acr("phr")),
        admit("a level or methods: the methods", "/either_method", amr(&["sc", "pin"])),
        short("a level or methods: neither", "/either_method", good(), WEAK, &[PHR], &["level"]),
        reason(short("a named type with a reason", "/wire", good(), WEAK, &[PHR, MINUTE], &["level"]),
            "We need to confirm that it is you before “money” leaves — at once."),
        reason(short("a named type and a stricter age", "/wire_sooner", good(), WEAK, &[PHR, ("max_age", "10")], &["level", "age"]),
            "We need to confirm that it is you before “money” leaves — at once."),
        reason(short("a reason inline", "/reason", acr("single-factor"), WEAK, &[MFA], &["level"]),
            "Closing an account cannot be undone."),

        // Scopes.
        admit("the scopes", "/scope", good().with("scope", "accounts:read x payments")),
        lacks_scope("no scope", good()),
        lacks_scope("one of two scopes", good().with("scope", "payments")),
        lacks_scope("a scope that begins alike", good().with("scope", "payments:all accounts:read")),
        admit("scope and level", "/scope_mfa", good().with("scope", "payments")),
        short("scope and level, both lacking", "/scope_mfa", acr("single-factor"), WEAK, &[MFA, ("scope", "payments")], &["level", "scope"]),
        short("scope there, level lacking", "/scope_mfa", acr("single-factor").with("scope", "payments"), WEAK, &[MFA], &["level"]),

        // Nobody logged in: a login cannot help (R-9068-09, R-9470-02).
        no_user("a client's own token, level", "/mfa", good().with("sub", "web")),
        no_user("a client's own token, age", "/fresh", good().with("sub", "web")),
        no_user("a client's own token, methods", "/hwk", amr(&["hwk"]).with("sub", "web")),
        no_user("a client's own token, scope and level", "/scope_mfa", good().with("sub", "web")),
        admit("a client's own token, scope alone", "/scope", good().with("sub", "web").with("scope", "payments accounts:read")),

        // Verified, with a guard and without.
        admit("no guard, whatever level", "/verified", good().without("acr").without("auth_time")),
        admit("beside a guard", "/both", good()),
        short("beside a guard, weak", "/both", acr("single-factor"), WEAK, &[MFA], &["level"]),
    ]
}
