//! T11: two providers are two, also where they agree on all but their name (CVE-2026-23552).
//! Spellings of `iss` that are nearly right are in `hostile`, empty settings in `p3_gate`.

use serde_json::json;
use stepup_core::{Algorithm, Gate, KeySet};
use stepup_tests::{AUDIENCE, Api, Framework, ISSUER, Issuer, Token, block_on, clock};

const OTHER: &str = "https://idp.example/realms/other";

fn gate_of(name: &str, keys: &Issuer) -> Gate {
    let keys = KeySet::from_jwks(keys.jwks().as_bytes()).expect("good keys");
    let gate = Gate::builder(name, AUDIENCE).keys(keys).clock(clock());
    gate.build().expect("good settings")
}

/// Each row: who is said to have issued the token, and whose key signed it.
#[test]
fn t11_a_token_of_another_provider_stays_out() {
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256] {
        // Both call their key `key-1`.
        let (ours, theirs) = (Issuer::new(algorithm), Issuer::new(algorithm));
        for framework in Framework::ALL {
            let api = Api::new(framework, &gate_of(ISSUER, &ours));
            let other_api = Api::new(framework, &gate_of(OTHER, &theirs));
            for (iss, key, here, there) in [
                (json!(ISSUER), &ours, 200, 401),
                (json!(OTHER), &theirs, 401, 200),
                (json!(ISSUER), &theirs, 401, 401),
                (json!(OTHER), &ours, 401, 401),
                (json!(""), &ours, 401, 401),
                (json!(""), &theirs, 401, 401),
                (json!(format!("{ISSUER}/")), &ours, 401, 401),
                (json!(format!("{OTHER}/")), &theirs, 401, 401),
                (json!(ISSUER.to_uppercase()), &ours, 401, 401),
                (json!("https://idp.example/realms/OTHER"), &theirs, 401, 401),
                (json!([ISSUER, OTHER]), &ours, 401, 401),
            ] {
                let token = key.token(&Token::new().with("iss", iss.clone()));
                // Twice: a token that is known at one gate is not known at the other.
                for _ in 0..2 {
                    for (api, expected) in [(&api, here), (&other_api, there)] {
                        let answer = block_on(api.post_with("/mfa", &token));
                        let name = format!("{framework:?} {algorithm}: {iss}");
                        assert_eq!(answer.status, expected, "{name}");
                        assert_eq!(answer.ran, usize::from(expected == 200), "{name}");
                    }
                }
            }
            let unnamed = ours.token(&Token::new().without("iss"));
            assert_eq!(block_on(api.post_with("/mfa", &unnamed)).status, 401, "{framework:?}");
        }
    }
}
