//! A good token with anything at all changed is not a good token.

use stepup_core::Algorithm;
use stepup_tests::Issuer;

use crate::trial::{Trial, Verdict};

/// One change at one place.
fn changes(token: &str, place: usize, seed: &mut u64) -> Vec<(&'static str, String)> {
    // Knuth's MMIX generator: any sequence would do, the same each time.
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    let any = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+/~";
    let letter = char::from(any[(*seed >> 33) as usize % any.len()]);
    let (before, rest) = token.split_at(place);
    let (own, after) = rest.split_at(1);
    let flipped = char::from(own.as_bytes()[0] ^ 1);
    vec![
        ("flipped", format!("{before}{flipped}{after}")),
        ("replaced", format!("{before}{letter}{after}")),
        ("left out", format!("{before}{after}")),
        ("doubled", format!("{before}{own}{own}{after}")),
        ("put in", format!("{before}{letter}{own}{after}")),
        ("cut off", before.to_owned()),
        ("a dot", format!("{before}.{own}{after}")),
    ]
}

#[test]
fn t9_a_changed_byte_is_never_admitted() {
    for (algorithm, step) in [(Algorithm::Es256, 1), (Algorithm::EdDsa, 3), (Algorithm::Rs256, 7)] {
        let trial = Trial::of(Issuer::new(algorithm));
        let good = trial.good();
        let mut seed = 1;
        trial.judge("the control", "/mfa_fresh", &[&format!("Bearer {good}")], Verdict::Admitted);
        for place in (0..good.len()).step_by(step) {
            for (change, token) in changes(&good, place, &mut seed) {
                if token == good {
                    continue;
                }
                let outside =
                    |byte: u8| !byte.is_ascii_alphanumeric() && !b"-._~+/".contains(&byte);
                let verdict = if token.is_empty() || token.bytes().any(outside) {
                    Verdict::Malformed
                } else {
                    Verdict::Invalid
                };
                let name = format!("{algorithm}: {change} at {place}");
                trial.judge(name, "/mfa_fresh", &[&format!("Bearer {token}")], verdict);
            }
        }
        trial.judge("the control", "/mfa_fresh", &[&format!("Bearer {good}")], Verdict::Admitted);
    }
}

/// Parts of two good tokens do not make a third.
#[test]
fn t9_parts_of_two_tokens_make_none() {
    let trial = Trial::new();
    let low = trial.issuer.token(&stepup_tests::Token::new().with("acr", "single-factor"));
    let high = trial.good();
    let [low, high] = [low.as_str(), high.as_str()].map(crate::forge::segments);
    trial.each(
        "/mfa_fresh",
        Verdict::Invalid,
        [
            ("the high payload", [low[0], high[1], low[2]]),
            ("the high signature", [low[0], low[1], high[2]]),
        ]
        .map(|(name, parts)| (name, parts.join("."))),
    );
    trial.each("/mfa_fresh", Verdict::Short, [("the low one", low.join("."))]);
}
