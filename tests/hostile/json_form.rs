//! T4: the JSON serializations, whose headers nobody signs.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde_json::{Value, json};

use crate::forge::{base64url, segments};
use crate::trial::{Trial, Verdict};

fn forms(good: &str) -> Vec<(&'static str, Value)> {
    let [protected, payload, signature] = segments(good);
    let unprotected = json!({"typ": "at+jwt", "alg": "none", "kid": "key-1"});
    vec![
        ("flattened", json!({"payload": payload, "protected": protected, "signature": signature})),
        (
            "flattened, unprotected beside",
            json!({"payload": payload, "protected": protected, "header": {"alg": "none"},
                "signature": signature}),
        ),
        (
            "flattened, unprotected only",
            json!({"payload": payload, "header": unprotected, "signature": ""}),
        ),
        (
            "general",
            json!({"payload": payload,
                "signatures": [{"protected": protected, "signature": signature}]}),
        ),
        (
            "general, unprotected only",
            json!({"payload": payload, "signatures": [{"header": unprotected, "signature": ""}]}),
        ),
        ("general, no signature", json!({"payload": payload, "signatures": []})),
    ]
}

#[test]
fn t4_only_the_compact_form_is_a_token() {
    let trial = Trial::new();
    let good = trial.good();
    let rows = |spell: fn(String) -> String| {
        forms(&good).into_iter().map(move |(name, form)| (name, spell(form.to_string())))
    };
    let [_, payload, signature] = segments(&good);
    trial.each("/mfa_fresh", Verdict::Malformed, rows(|json| json));
    trial.each("/mfa_fresh", Verdict::Invalid, rows(base64url));
    trial.each("/mfa_fresh", Verdict::Invalid, rows(|json| STANDARD.encode(json)));
    trial.each("/mfa_fresh", Verdict::Invalid, rows(|json| URL_SAFE.encode(json)));
    trial.each("/mfa_fresh", Verdict::Invalid, rows(|json| format!("{}..", base64url(json))));
    trial.each(
        "/mfa_fresh",
        Verdict::Invalid,
        forms(&good).into_iter().map(|(name, form)| {
            (name, format!("{}.{payload}.{signature}", base64url(form.to_string())))
        }),
    );
}
