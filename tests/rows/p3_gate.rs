//! P3: a gate that is set up wrongly is not built, and says exactly what to do (CVE-2026-53913).

use std::time::Duration;

use stepup_core::{
    Algorithm, Credential, Gate, GateBuilder, KeySet, Ladder, Profile, Timestamp, TokenFault,
    TrustedIssuer, Verification, Verifier,
};
use stepup_tests::{AUDIENCE, ISSUER, Issuer};

const NO_KEYS: &str = "the gate has no keys to check the tokens of https://idp.example with: give them with \
     `.keys(…)`, or fetch them with `.discover()` in place of `.build()` (feature `discovery`)";
const WHITE_SPACE: &str = "the gate's issuer or audience has white space around it, which no \
                           token's has: give them to the letter";
const NO_ISSUER: &str = "the gate's issuer is empty: give the `iss` that the tokens carry";
const NO_AUDIENCE: &str = "the gate's audience is empty: give this API's identifier at the issuer, \
                           so that tokens for other services stay out";
const SKEW: &str = "the gate's skew is above 60 s: a token from that far in the future is no \
                    matter of clocks";
const NO_REALM: &str = "the gate has no realm: name what it protects with `.realm(…)`";
const REALM: &str = "the gate's realm (the audience, unless set) is empty or has a character that \
                     a header cannot carry: set one of visible ASCII without `\"` and `\\` with \
                     `.realm(…)`";
const TYPES: &str = "the gate's problem types are no URI that ends in `/`: write for example \
                     `https://api.example/problems/`";
const UNUSED_KEYS: &str =
    "the gate's keys would not be used: its callers are verified in another way";
const UNUSED_PROFILE: &str =
    "the gate's profile would not be used: its callers are verified in another way";
const UNUSED_ISSUERS: &str =
    "the gate's other issuers would not be used: its callers are verified in another way";

#[derive(Debug)]
struct Nobody;

impl Verifier for Nobody {
    fn verify<'a>(&'a self, _: Credential<'a>, _: Timestamp) -> Verification<'a> {
        Verification::Ready(Err(TokenFault::Signature.into()))
    }
}

fn keys() -> KeySet {
    KeySet::from_jwks(Issuer::new(Algorithm::EdDsa).jwks().as_bytes()).expect("good keys")
}

fn of(issuer: &str, audience: &str) -> GateBuilder {
    Gate::builder(issuer, audience).keys(keys())
}

fn good() -> GateBuilder {
    of(ISSUER, AUDIENCE)
}

fn own() -> GateBuilder {
    Gate::with_verifier(Nobody).realm("own")
}

#[test]
fn p3_a_gate_that_is_set_up_wrongly_does_not_start() {
    let secs = Duration::from_secs;
    for (name, builder, expected) in [
        ("no keys", Gate::builder(ISSUER, AUDIENCE), NO_KEYS),
        ("a space for an issuer", of(" ", AUDIENCE), WHITE_SPACE),
        ("a space behind the issuer", of("https://idp.example ", AUDIENCE), WHITE_SPACE),
        ("a space behind the audience", of(ISSUER, "https://api.example "), WHITE_SPACE),
        ("own verifier, profile", own().profile(Profile::okta()), UNUSED_PROFILE),
        ("own verifier, issuer", own().trust(TrustedIssuer::new("a", "b")), UNUSED_ISSUERS),
        (
            "no keys, all else set",
            Gate::builder(ISSUER, AUDIENCE).realm("a").skew(secs(1)),
            NO_KEYS,
        ),
        ("no issuer", of("", AUDIENCE), NO_ISSUER),
        ("no issuer, no keys", Gate::builder("", AUDIENCE), NO_ISSUER),
        ("neither issuer nor audience", of("", ""), NO_ISSUER),
        ("no audience", of(ISSUER, ""), NO_AUDIENCE),
        ("no audience, a realm", of(ISSUER, "").realm("accounts"), NO_AUDIENCE),
        ("no audience, no keys", Gate::builder(ISSUER, ""), NO_AUDIENCE),
        ("a minute and a millisecond", good().skew(Duration::from_millis(60_001)), SKEW),
        ("61 s", good().skew(secs(61)), SKEW),
        ("an hour, meant as minutes", good().skew(secs(3600)), SKEW),
        ("300 000, meant as milliseconds", good().skew(secs(300_000)), SKEW),
        ("for ever", good().skew(Duration::MAX), SKEW),
        ("own verifier, 61 s", own().skew(secs(61)), SKEW),
        ("own verifier, no realm", Gate::with_verifier(Nobody), NO_REALM),
        ("own verifier, keys", own().keys(keys()), UNUSED_KEYS),
        ("own verifier, keys, no realm", Gate::with_verifier(Nobody).keys(keys()), UNUSED_KEYS),
        ("an empty realm", good().realm(""), REALM),
        ("own verifier, an empty realm", own().realm(""), REALM),
        ("a quote", good().realm(r#"accounts", error="none"#), REALM),
        ("a backslash", good().realm(r"accounts\"), REALM),
        ("a line end", good().realm("a\r\nset-cookie: b=c"), REALM),
        ("half a line end", good().realm("a\nb"), REALM),
        ("a tab", good().realm("a\tb"), REALM),
        ("a zero", good().realm("a\0"), REALM),
        ("a delete", good().realm("a\u{7f}"), REALM),
        ("beyond ASCII", good().realm("Überweisungen"), REALM),
        ("a byte order mark", good().realm("\u{feff}accounts"), REALM),
        ("an audience beyond ASCII", of(ISSUER, "https://münze.example"), REALM),
        ("an audience with a line end", of(ISSUER, "https://api.example\n"), WHITE_SPACE),
        ("no problem types", good().problem_types(""), TYPES),
        ("a slash", good().problem_types("/"), TYPES),
        ("a path", good().problem_types("/problems/"), TYPES),
        ("no scheme", good().problem_types("api.example/problems/"), TYPES),
        ("no slash behind", good().problem_types("https://api.example/problems"), TYPES),
        ("a space behind", good().problem_types("https://api.example/problems/ "), TYPES),
        ("a space within", good().problem_types("https://api.example/a b/"), TYPES),
        ("a line end within", good().problem_types("https://api.example/\r\n/"), TYPES),
        ("types beyond ASCII", good().problem_types("https://münze.example/"), TYPES),
        ("own verifier, no types", own().problem_types(""), TYPES),
    ] {
        let said = builder.build().map_err(|error| error.to_string()).map(drop);
        assert_eq!(said, Err(expected.to_owned()), "{name}");
    }
    for (name, builder) in [
        ("all in order", good()),
        ("own verifier", own()),
        ("no skew", good().skew(Duration::ZERO)),
        ("a minute", good().skew(secs(60))),
        ("a realm with a space", good().realm("my accounts")),
        ("an audience for no header, a realm", of(ISSUER, "münze").realm("accounts")),
        ("types that are no web address", good().problem_types("urn:example:problems/")),
    ] {
        assert_eq!(builder.build().map(drop), Ok(()), "{name}");
    }
}

/// A level that a handler asks for and no token of this gate could show. `start` holds the rest.
#[test]
fn p3_a_ladder_without_a_handlers_level_does_not_start() {
    const SHORTER: &Ladder = &Ladder::new(&["single-factor", "mfa"]);
    const OTHER_NAMES: &Ladder = &Ladder::new(&["aal1", "aal2", "aal3", "aal4"]);
    const OTHER_ORDER: &Ladder = &Ladder::new(&["mfa", "single-factor", "phr", "phrh"]);
    for (ladder, names) in [
        (SHORTER, "single-factor, mfa"),
        (OTHER_NAMES, "aal1, aal2, aal3, aal4"),
        (OTHER_ORDER, "mfa, single-factor, phr, phrh"),
    ] {
        let said = good().ladder(ladder).build().map_err(|error| error.to_string()).map(drop);
        let said = said.expect_err(names);
        let (handler, rest) = said.split_once(" demands the level `").expect(&said);
        let (_, rest) = rest.split_once('`').expect(&said);
        let module = handler.split("::").next().expect(&said);
        assert!(["rows", "stepup_tests"].contains(&module), "{said}");
        assert!(
            rest.starts_with(&format!(
                ", which is not on the gate's ladder ({names}): give the gate that ladder with \
                 `.ladder(…)`, or, if another gate guards the handler, `.except_module(\"{module}"
            )),
            "{said}"
        );
        let without = good().ladder(ladder).except_module("rows").except_module("stepup_tests");
        assert!(without.build().is_ok(), "{names}");
        let misspelt = good().ladder(ladder).except_module("row").except_module("stepup-tests");
        assert!(misspelt.build().is_err(), "{names}");
    }
}
