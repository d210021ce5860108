//! For the fuzz targets, which are built with `--cfg fuzzing`: the readers of what comes from
//! outside, and what must hold of whatever they accept.

#![cfg(fuzzing)]
#![expect(missing_docs, clippy::panic, reason = "the targets' own")]

use std::sync::LazyLock;
use std::time::Duration;

use super::algorithm::Algorithm;
use super::claims::Claims;
use super::header::Header;
use super::introspection::{Introspection, Introspector};
use super::issuer::IssuerRules;
use super::jwt::Jwt;
use super::keys::KeySet;
use super::profile::Profile;
use super::remote::{HttpClient, Network, read_metadata};
use crate::authentication::Authentication;
use crate::clock::Timestamp;
use crate::ladder::Ladder;
use crate::level::Level;
use crate::method::Method;

const ISSUER: &str = "https://idp.example";
const AUDIENCE: &str = "https://api.example";
const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);
const SKEW: Duration = Duration::from_secs(5);

/// Every profile, as it comes and with every setting that it takes.
static RULES: LazyLock<Vec<IssuerRules>> = LazyLock::new(|| {
    let profiles = Profile::names().filter_map(Profile::named).flat_map(|profile| {
        let named = profile.clone().level(Level::PHRH, "c9");
        let proved = named.clone().level_by_method(Level::MFA, Method::MFA);
        let told = proved.clone().acr_claim("acr").amr_claim("amr").auth_time_claim("auth_time");
        [profile, named, proved, told]
    });
    let settled = profiles.filter_map(|profile| profile.settle(Ladder::BUILT_IN).ok());
    let rules = settled.map(|profile| IssuerRules {
        issuer: ISSUER.into(),
        audience: AUDIENCE.into(),
        profile,
        skew: SKEW,
    });
    rules.collect()
});

/// What must hold of anybody who is let in.
fn check(authentication: &Authentication) {
    assert_eq!(authentication.issuer(), ISSUER);
    assert!(!authentication.subject().is_empty());
    assert!(authentication.expires_at() > NOW);
    assert!(authentication.moments().all(|moment| moment <= NOW.plus(SKEW)));
    if !authentication.is_user() {
        assert_eq!((authentication.level(), authentication.auth_time()), (None, None));
    }
}

pub fn claims(json: &[u8]) {
    let _ = Claims::issuer_of(json);
    for rules in &*RULES {
        let Ok(claims) = Claims::read(json, rules.profile.own_claims()) else { continue };
        if let Ok(authentication) = rules.token(claims, NOW) {
            check(&authentication);
        }
    }
}

pub fn header(json: &[u8]) {
    for rules in &*RULES {
        let _ = Header::read(json, &rules.profile);
    }
}

pub fn jws(token: &str) {
    static KEYS: LazyLock<KeySet> = LazyLock::new(|| {
        let jwk = br#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"GdV9uNcJ9nAF9ckVlHvw9jl5rUbONBWc7CwfPYAMqFk"},{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
        KeySet::from_jwks(jwk).unwrap_or_else(|why| panic!("{why}"))
    });
    let Ok(jwt) = Jwt::split(token) else { return };
    let _ = jwt.stated_issuer();
    for rules in &*RULES {
        if let Ok(Some(key)) = jwt.key(&KEYS, rules) {
            assert!(jwt.check(&key, rules, NOW).is_err(), "nobody has signed anything");
        }
    }
}

pub fn key_set(json: &[u8]) {
    let strict = KeySet::from_jwks(json);
    let lenient = KeySet::from_issuer(json, Algorithm::Rs256);
    if let Ok(strict) = strict {
        assert!(!strict.algorithms().is_empty());
        assert!(
            lenient.is_ok() || json.len() > 4_096,
            "what is refused leniently is refused strictly"
        );
    }
}

pub fn metadata(json: &[u8]) {
    static CLIENT: LazyLock<HttpClient> =
        LazyLock::new(|| HttpClient::new(Network::Public).unwrap_or_else(|why| panic!("{why}")));
    if let Ok(metadata) = read_metadata(&CLIENT, ISSUER, json)
        && let Some(jwks_uri) = metadata.jwks_uri
    {
        assert!(Network::Public.permits(&jwks_uri).is_ok());
    }
}

pub fn introspection_answer(json: &[u8]) {
    static INTROSPECTOR: LazyLock<Introspector> = LazyLock::new(|| {
        let introspection = Introspection::new("api", "secret").endpoint("https://idp.example/ask");
        let settled = introspection.settle(Network::Public, None);
        settled.unwrap_or_else(|why| panic!("{why}"))
    });
    for rules in &*RULES {
        if let Ok((authentication, until)) = INTROSPECTOR.read(json, rules, NOW) {
            check(&authentication);
            assert!(until <= NOW.plus(Duration::from_secs(60)));
        }
    }
}
