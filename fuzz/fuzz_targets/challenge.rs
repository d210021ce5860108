//! Any `WWW-Authenticate` line: what was read, written out again, is read as the same.
#![no_main]

use stepup_core::{AuthChallenge, read_challenges};

const NAMES: [&str; 9] = [
    "realm", "error", "error_description", "acr_values", "max_age", "scope", "algs", "a", "b",
];

fn quoted(challenge: &AuthChallenge) -> String {
    let params = NAMES.iter().filter_map(|name| {
        let value = challenge.param(name)?;
        Some(format!("{name}=\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")))
    });
    format!("{} {}", challenge.scheme(), params.collect::<Vec<_>>().join(", "))
}

libfuzzer_sys::fuzz_target!(|line: &str| {
    let Ok(challenges) = read_challenges(line) else { return };
    let written = challenges.iter().map(quoted).collect::<Vec<_>>().join(", ");
    let again = read_challenges(&written).expect("what was read can be written");
    assert_eq!(challenges.len(), again.len(), "{written}");
    for (before, after) in challenges.iter().zip(&again) {
        assert_eq!(before.scheme(), after.scheme());
        for name in NAMES {
            assert_eq!(before.param(name), after.param(name), "{written}");
        }
    }
});
