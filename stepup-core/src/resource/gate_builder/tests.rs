use super::*;
use crate::clock::Timestamp;
use crate::resource::algorithm::Algorithm;
use crate::resource::credential::Credential;
use crate::resource::verifier::{TokenFault, Verification};

const PEM: &[u8] = b"-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----";

#[derive(Debug)]
struct Nobody;

impl Verifier for Nobody {
    fn verify<'a>(&'a self, _: Credential<'a>, _: Timestamp) -> Verification<'a> {
        Verification::Ready(Err(TokenFault::Signature.into()))
    }
}

fn builder(issuer: &str, audience: &str) -> GateBuilder {
    Gate::builder(issuer, audience).keys(KeySet::from_pem(Algorithm::EdDsa, PEM).unwrap())
}

fn good() -> GateBuilder {
    builder("https://idp.example", "https://api.example")
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// T11, T13, C15: what would fail open, or could not be sent, does not start.
#[test]
fn t11_a_gate_that_is_set_up_wrongly_is_not_built() {
    let no_keys = Gate::builder("https://idp.example", "https://api.example");
    let own = || Gate::with_verifier(Nobody);
    for (name, builder, expected) in [
        ("all in order", good(), None),
        ("empty issuer", builder("", "https://api.example"), Some("issuer")),
        ("empty audience", builder("https://idp.example", ""), Some("audience")),
        (
            "empty audience, realm set",
            builder("https://idp.example", "").realm("api"),
            Some("audience"),
        ),
        ("no keys", no_keys, Some("keys")),
        ("no skew", good().skew(Duration::ZERO), None),
        ("skew 60 s", good().skew(secs(60)), None),
        ("skew a little above 60 s", good().skew(Duration::from_millis(60_001)), Some("skew")),
        ("skew 61 s", good().skew(secs(61)), Some("skew")),
        ("endless skew", good().skew(Duration::MAX), Some("skew")),
        ("realm", good().realm("my accounts"), None),
        ("empty realm", good().realm(""), Some("realm")),
        ("realm with a quote", good().realm(r#"a", error="b"#), Some("realm")),
        ("realm with a backslash", good().realm(r"a\"), Some("realm")),
        ("realm with a line end", good().realm("a\r\nSet-Cookie: b=c"), Some("realm")),
        ("realm with a tab", good().realm("a\tb"), Some("realm")),
        ("realm beyond ASCII", good().realm("é"), Some("realm")),
        ("audience that no header carries", builder("https://idp.example", "é"), Some("realm")),
        ("such an audience, realm set", builder("https://idp.example", "é").realm("api"), None),
        ("own verifier", own().realm("sessions"), None),
        ("own verifier, no realm", own(), Some("realm")),
        (
            "own verifier with keys",
            own().realm("sessions").keys(KeySet::from_pem(Algorithm::EdDsa, PEM).unwrap()),
            Some("keys"),
        ),
        ("own verifier, skew 61 s", own().realm("sessions").skew(secs(61)), Some("skew")),
        ("types", good().problem_types("urn:problems/"), None),
        (
            "types without slash",
            good().problem_types("https://api.example/problems"),
            Some("problem types"),
        ),
        ("types without scheme", good().problem_types("/problems/"), Some("problem types")),
        ("empty types", good().problem_types(""), Some("problem types")),
        (
            "types with a space",
            good().problem_types("https://api.example/a b/"),
            Some("problem types"),
        ),
        (
            "types with a line end",
            good().problem_types("https://api.example/\r\n/"),
            Some("problem types"),
        ),
        ("types beyond ASCII", good().problem_types("https://é.example/"), Some("problem types")),
    ] {
        let said = builder.build().err().map(|error| error.to_string());
        match (&said, expected) {
            (None, None) => {}
            (Some(said), Some(named)) => {
                assert!(
                    said.starts_with(&format!("the gate's {named}"))
                        || said.starts_with(&format!("the gate has no {named}")),
                    "{name}: {said}"
                );
            }
            _ => panic!("{name}: {said:?}"),
        }
    }
}
