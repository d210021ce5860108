//! Several issuers in one gate (T11, J8).

use stepup_core::{Algorithm, Gate, KeySet, Level, Profile, TrustedIssuer};
use stepup_tests::{AUDIENCE, Api, Framework, ISSUER, Issuer, Token, block_on, clock};

const OTHER: &str = "https://other.example";

fn keys(issuer: &Issuer) -> KeySet {
    KeySet::from_jwks(issuer.jwks().as_bytes()).unwrap()
}

/// T11, J8: the same `kid`, the same algorithm, and still no key is taken for another's.
#[test]
fn j8_no_key_of_one_issuer_speaks_for_another() {
    let (ours, theirs) = (Issuer::new(Algorithm::Es256), Issuer::new(Algorithm::Es256));
    let gate = Gate::builder(ISSUER, AUDIENCE)
        .keys(keys(&ours))
        .trust(
            TrustedIssuer::new(OTHER, "their-name-for-us")
                .keys(keys(&theirs))
                .profile(Profile::oidc().level(Level::MFA, "silver")),
        )
        .clock(clock())
        .build()
        .unwrap();
    let their = || Token::new().with("iss", OTHER).with("aud", "their-name-for-us");
    for framework in Framework::ALL {
        let api = Api::new(framework, &gate);
        for (name, signer, token, expected) in [
            ("ours", &ours, Token::new(), 200),
            ("theirs", &theirs, their().with("acr", "silver"), 200),
            ("ours under their name", &ours, their().with("acr", "silver"), 401),
            ("theirs under our name", &theirs, Token::new(), 401),
            ("theirs for our audience", &theirs, their().with("aud", AUDIENCE), 401),
            ("ours for their audience", &ours, Token::new().with("aud", "their-name-for-us"), 401),
            ("our level's name at theirs", &theirs, their(), 401),
            ("their level's name at ours", &ours, Token::new().with("acr", "silver"), 401),
            ("nobody's", &ours, Token::new().with("iss", "https://evil.example"), 401),
            ("a slash more", &ours, Token::new().with("iss", format!("{ISSUER}/")), 401),
            ("no issuer", &ours, Token::new().without("iss"), 401),
            ("empty issuer", &ours, Token::new().with("iss", ""), 401),
            ("two issuers", &ours, Token::new().with("iss", vec![ISSUER, OTHER]), 401),
        ] {
            let token = signer.token(&token);
            for round in 0..2 {
                let answer = block_on(api.post_with("/mfa", &token));
                assert_eq!(answer.status, expected, "{name} {framework:?} {round}");
                assert_eq!(answer.ran, usize::from(expected == 200), "{name} {framework:?}");
            }
        }
    }
}

/// Each is asked in its own words.
#[test]
fn a_challenge_is_in_the_words_of_the_tokens_issuer() {
    let (ours, theirs) = (Issuer::new(Algorithm::Es256), Issuer::new(Algorithm::EdDsa));
    let gate = Gate::builder(ISSUER, AUDIENCE)
        .keys(keys(&ours))
        .trust(
            TrustedIssuer::new(OTHER, AUDIENCE)
                .keys(keys(&theirs))
                .profile(Profile::oidc().level(Level::MFA, "silver").level(Level::PHR, "gold")),
        )
        .clock(clock())
        .build()
        .unwrap();
    for framework in Framework::ALL {
        let api = Api::new(framework, &gate);
        for (token, expected) in [
            (ours.token(&Token::new().without("acr")), "mfa phr phrh"),
            (theirs.token(&Token::new().with("iss", OTHER).without("acr")), "silver gold phrh"),
        ] {
            let answer = block_on(api.post_with("/mfa", &token));
            assert!(
                answer.challenge().contains(&format!("acr_values=\"{expected}\"")),
                "{framework:?} {}",
                answer.challenge()
            );
            assert_eq!(answer.json()["acr_values"].as_array().unwrap().len(), 3);
        }
    }
}

#[test]
fn issuers_that_cannot_be_told_apart_do_not_start() {
    let issuer = Issuer::new(Algorithm::Es256);
    let begun = || Gate::builder(ISSUER, AUDIENCE).keys(keys(&issuer));
    for (builder, expected) in [
        (
            begun().trust(TrustedIssuer::new(ISSUER, "another").keys(keys(&issuer))),
            "the gate's issuer https://idp.example stands there twice: its tokens cannot be for \
             both",
        ),
        (
            begun().trust(TrustedIssuer::new("", AUDIENCE).keys(keys(&issuer))),
            "the gate's issuer is empty: give the `iss` that the tokens carry",
        ),
        (
            begun().trust(TrustedIssuer::new(OTHER, "").keys(keys(&issuer))),
            "the gate's audience is empty: give this API's identifier at the issuer, so that \
             tokens for other services stay out",
        ),
        (
            begun().trust(TrustedIssuer::new(OTHER, AUDIENCE)),
            "the gate has no keys to check the tokens of https://other.example with: give them \
             with `.keys(…)`, or fetch them with `.discover()` in place of `.build()` (feature \
             `discovery`)",
        ),
    ] {
        assert_eq!(builder.build().unwrap_err().to_string(), expected);
    }
}
