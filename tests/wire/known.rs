//! A token met again is looked up, and judged anew.

use std::time::Duration;

use stepup_core::{Algorithm, Gate, KeySet, KnownTokens};
use stepup_tests::{AUDIENCE, Api, Framework, ISSUER, Issuer, NOW, Token, block_on, clock};

fn error(challenge: &str) -> &str {
    challenge.split("error=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default()
}

/// T10: what is remembered of a token outlives neither its `exp` nor a `max_age`.
#[test]
fn t10_a_known_token_grows_old_like_any_other() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let token = issuer.token(&Token::new().with("exp", NOW + 300).with("auth_time", NOW - 60));
    for known in [KnownTokens::default(), KnownTokens::as_digests(10), KnownTokens::none()] {
        for framework in Framework::ALL {
            let clock = clock();
            let gate = Gate::builder(ISSUER, AUDIENCE)
                .keys(KeySet::from_jwks(issuer.jwks().as_bytes()).unwrap())
                .clock(clock.clone())
                .known_tokens(known)
                .build()
                .unwrap();
            let api = Api::new(framework, &gate);
            for (later, path, expected) in [
                (0, "/mfa_fresh", ""),
                (0, "/mfa_fresh", ""),
                (0, "/phr", "insufficient_user_authentication"),
                (240, "/mfa_fresh", ""),
                (241, "/mfa_fresh", "insufficient_user_authentication"),
                (241, "/mfa", ""),
                (299, "/mfa", ""),
                (300, "/mfa", "invalid_token"),
                (300, "/verified", "invalid_token"),
                (9999, "/mfa", "invalid_token"),
                (0, "/mfa", ""),
            ] {
                clock.set(stepup_core::Timestamp::from_secs(NOW));
                clock.advance(Duration::from_secs(later));
                let answer = block_on(api.post_with(path, &token));
                let said = error(answer.challenge());
                assert_eq!(said, expected, "{framework:?} {known:?} {path} after {later} s");
                assert_eq!(answer.ran, usize::from(expected.is_empty()));
            }
        }
    }
}

/// T9: a refused token is not remembered, and neither is one known by its signature.
#[test]
fn t9_a_forged_payload_under_a_known_signature_is_refused() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let good = issuer.token(&Token::new());
    let other = issuer.token(&Token::new().with("acr", "phrh"));
    let (head, signature) = good.rsplit_once('.').unwrap();
    let (stronger, _) = other.rsplit_once('.').unwrap();
    let forged = format!("{stronger}.{signature}");
    for framework in Framework::ALL {
        let api = Api::new(framework, &stepup_tests::gate(&issuer, &clock()));
        for (token, path, status) in [
            (&forged, "/mfa", 401),
            (&good, "/mfa", 200),
            (&forged, "/mfa", 401),
            (&forged, "/phrh", 401),
            (&good, "/mfa", 200),
            (&format!("{head}.{}", &signature[1..]), "/mfa", 401),
            (&other, "/phrh", 200),
        ] {
            let answer = block_on(api.post_with(path, token));
            assert_eq!(answer.status, status, "{framework:?} {path}");
            assert_eq!(answer.ran, usize::from(status == 200));
        }
    }
}
