//! The checks of RFC 9449 §4.3, each by a proof that fails it alone.

use std::time::Duration;

use serde_json::json;
use stepup_core::{Algorithm, Dpop};
use stepup_tests::{AUDIENCE, NOW, Proof, Prover, block_on};

use crate::{Bound, challenged, request};

#[test]
fn r_9449_01_a_good_proof_is_admitted_whatever_its_algorithm() {
    for algorithm in [
        Algorithm::Es256,
        Algorithm::Es384,
        Algorithm::EdDsa,
        Algorithm::Rs256,
        Algorithm::Ps256,
        Algorithm::Rs512,
    ] {
        let bound = Bound::with(Dpop::at(AUDIENCE), algorithm);
        let token = bound.token();
        for (framework, api) in &bound.apis {
            let proof = bound.proof(&token);
            let answer = block_on(api.call(request(&format!("DPoP {token}"), &[&proof])));
            assert_eq!((answer.status.as_u16(), answer.ran), (200, 1), "{algorithm} {framework:?}");
        }
    }
}

/// R-9449-01, R-9449-02: each row fails one check.
#[test]
fn r_9449_01_each_check() {
    type Change = fn(Proof) -> Proof;
    let rows: &[(&str, Change, bool)] = &[
        ("good", |p| p, true),
        ("typ in capitals", |p| p.with_header("typ", "DPoP+JWT"), true),
        ("typ with application/", |p| p.with_header("typ", "application/dpop+jwt"), true),
        ("typ at+jwt", |p| p.with_header("typ", "at+jwt"), false),
        ("typ JWT", |p| p.with_header("typ", "JWT"), false),
        ("no typ", |p| p.without_header("typ"), false),
        ("alg none", |p| p.with_header("alg", "none"), false),
        ("alg HS256", |p| p.with_header("alg", "HS256"), false),
        ("alg of another key kind", |p| p.with_header("alg", "RS256"), false),
        ("no alg", |p| p.without_header("alg"), false),
        ("no jwk", |p| p.without_header("jwk"), false),
        ("jwk is text", |p| p.with_header("jwk", "key"), false),
        ("crit", |p| p.with_header("crit", json!(["x"])), false),
        ("b64", |p| p.with_header("b64", false), false),
        (
            "private key",
            |mut p| {
                p.header["jwk"]["d"] = json!("AAAA");
                p
            },
            false,
        ),
        ("symmetric key", |p| p.with_header("jwk", json!({"kty": "oct", "k": "AAAA"})), false),
        ("another method", |p| p.with("htm", "GET"), false),
        ("method in small letters", |p| p.with("htm", "post"), false),
        ("no method", |p| p.without("htm"), false),
        ("another path", |p| p.with("htu", format!("{AUDIENCE}/phr")), false),
        ("another host", |p| p.with("htu", "https://evil.example/mfa"), false),
        ("query and fragment", |p| p.with("htu", format!("{AUDIENCE}/mfa?a=1#b")), true),
        ("no URL", |p| p.without("htu"), false),
        ("a minute old", |p| p.with("iat", NOW - 60), true),
        ("older", |p| p.with("iat", NOW - 61), false),
        ("ahead within the skew", |p| p.with("iat", NOW + 5), true),
        ("ahead", |p| p.with("iat", NOW + 6), false),
        ("date with a fraction", |p| p.with("iat", NOW as f64 - 0.5), true),
        ("date is text", |p| p.with("iat", NOW.to_string()), false),
        ("no date", |p| p.without("iat"), false),
        ("no id", |p| p.without("jti"), false),
        ("empty id", |p| p.with("jti", ""), false),
        ("id is a number", |p| p.with("jti", 7), false),
        ("endless id", |p| p.with("jti", "a".repeat(257)), false),
        ("no token digest", |p| p.without("ath"), false),
        ("another token's digest", |p| p.with("ath", "A".repeat(43)), false),
        ("empty token digest", |p| p.with("ath", ""), false),
        ("more claims", |p| p.with("exp", 1).with("more", json!({})), true),
        ("a nonce nobody asked for", |p| p.with("nonce", "abc"), true),
    ];
    let bound = Bound::new();
    let token = bound.token();
    for (name, change, admitted) in rows {
        for (framework, api) in &bound.apis {
            let proof = bound.prover.sign(&change(bound.prover.proof("/mfa", &token)));
            let answer = block_on(api.call(request(&format!("DPoP {token}"), &[&proof])));
            let seen = format!("{name} {framework:?}: {answer:?}");
            if *admitted {
                assert_eq!((answer.status.as_u16(), answer.ran), (200, 1), "{seen}");
            } else {
                assert_eq!((answer.status.as_u16(), answer.ran), (401, 0), "{seen}");
                let error = Some("invalid_dpop_proof".to_owned());
                assert_eq!(challenged(&answer), ("DPoP".to_owned(), error), "{seen}");
                assert_eq!(answer.json()["error"], "invalid_dpop_proof", "{seen}");
            }
        }
    }
}

/// T4, T7, R-JWT-06: a proof is one JWT in compact form, read one way.
#[test]
fn r_9449_01_a_proof_is_one_strict_jwt() {
    let bound = Bound::new();
    let token = bound.token();
    let good = bound.proof(&token);
    let plain = bound.prover.proof("/mfa", &token);
    let (header, claims) = (plain.header.to_string(), plain.claims.to_string());
    let twice = |json: &str, name: &str| json.replacen('{', &format!(r#"{{"{name}":"x","#), 1);
    let signed = |header: &str, claims: &str| bound.prover.sign_raw(header, claims);
    let mut flipped = good.clone().into_bytes();
    let last = flipped.len() - 10;
    flipped[last] = if flipped[last] == b'A' { b'B' } else { b'A' };
    for (name, proof) in [
        ("empty", String::new()),
        ("no JWT", "proof".to_owned()),
        ("two parts", good.rsplit_once('.').unwrap().0.to_owned()),
        ("four parts", format!("{good}.AAAA")),
        ("padded", format!("{good}=")),
        ("signature changed", String::from_utf8(flipped).unwrap()),
        ("signature missing", format!("{}.", good.rsplit_once('.').unwrap().0)),
        ("two in one line", format!("{good}, {good}")),
        ("header member twice", signed(&twice(&header, "typ"), &claims)),
        ("claim twice", signed(&header, &twice(&claims, "jti"))),
        ("claims are an array", signed(&header, "[]")),
        (
            "too long",
            signed(
                &header,
                &claims.replacen('{', &format!(r#"{{"x":"{}","#, "a".repeat(6_000)), 1),
            ),
        ),
    ] {
        for (framework, api) in &bound.apis {
            let answer = block_on(api.call(request(&format!("DPoP {token}"), &[&proof])));
            assert_eq!((answer.status.as_u16(), answer.ran), (401, 0), "{name} {framework:?}");
            assert_eq!(challenged(&answer).1.as_deref(), Some("invalid_dpop_proof"), "{name}");
        }
    }
    for proofs in [vec![], vec![good.as_str(), good.as_str()]] {
        for (framework, api) in &bound.apis {
            let answer = block_on(api.call(request(&format!("DPoP {token}"), &proofs)));
            assert_eq!((answer.status.as_u16(), answer.ran), (401, 0), "{framework:?} {proofs:?}");
            assert_eq!(challenged(&answer).1.as_deref(), Some("invalid_dpop_proof"));
        }
    }
}

#[test]
fn r_9449_01_the_key_is_the_one_that_the_token_is_bound_to() {
    let bound = Bound::new();
    let other = Prover::new(Algorithm::Es256);
    let token = bound.token();
    for (framework, api) in &bound.apis {
        let proof = other.sign(&other.proof("/mfa", &token));
        let answer = block_on(api.call(request(&format!("DPoP {token}"), &[&proof])));
        assert_eq!((answer.status.as_u16(), answer.ran), (401, 0), "{framework:?}");
        // The right key named, and signed with the other.
        let proof = other.proof("/mfa", &token).with_header("jwk", bound.prover.jwk());
        let answer = block_on(api.call(request(&format!("DPoP {token}"), &[&other.sign(&proof)])));
        assert_eq!((answer.status.as_u16(), answer.ran), (401, 0), "{framework:?}");
    }
}

/// R-9449-02: also when the token is known already, and after the clock was put back (F7).
#[test]
fn r_9449_02_a_proof_is_good_once() {
    let bound = Bound::new();
    let token = bound.token();
    for (framework, api) in &bound.apis {
        let proof = bound.proof(&token);
        let send = || block_on(api.call(request(&format!("DPoP {token}"), &[&proof])));
        assert_eq!(send().status, 200, "{framework:?}");
        for _ in 0..3 {
            let answer = send();
            assert_eq!((answer.status.as_u16(), answer.ran), (401, 0), "{framework:?}");
            assert_eq!(challenged(&answer).1.as_deref(), Some("invalid_dpop_proof"));
        }
    }
    bound.clock.advance(Duration::from_secs(30));
    for (framework, api) in &bound.apis {
        let proof = bound.prover.proof("/mfa", &token).with("iat", NOW + 30).with("jti", "same");
        let proof = bound.prover.sign(&proof);
        let send = || block_on(api.call(request(&format!("DPoP {token}"), &[&proof])));
        assert_eq!(
            (send().status, send().status),
            (200.try_into().unwrap(), 401.try_into().unwrap()),
            "{framework:?}"
        );
    }
}

/// A refused proof is not remembered: whoever copies one cannot burn it on another route.
#[test]
fn a_refused_proof_stays_good_where_it_belongs() {
    let bound = Bound::new();
    let token = bound.token();
    for (framework, api) in &bound.apis {
        let proof = bound.proof(&token);
        let elsewhere = crate::to("/phr", &format!("DPoP {token}"), &[&proof]);
        assert_eq!(block_on(api.call(elsewhere)).status, 401, "{framework:?}");
        let answer = block_on(api.call(request(&format!("DPoP {token}"), &[&proof])));
        assert_eq!(answer.status, 200, "{framework:?}");
    }
}

/// The guard and `Verified` look at one proof, of one request; another request with it is another.
#[test]
fn r_9449_02_one_request_shows_its_proof_to_all_of_its_extractors() {
    let bound = Bound::new();
    let token = bound.token();
    for (framework, api) in &bound.apis {
        let proof = bound.prover.sign(&bound.prover.proof("/both", &token));
        let send = || block_on(api.call(crate::to("/both", &format!("DPoP {token}"), &[&proof])));
        let answer = send();
        assert_eq!((answer.status.as_u16(), answer.ran), (200, 1), "{framework:?} {answer:?}");
        for _ in 0..3 {
            let answer = send();
            assert_eq!((answer.status.as_u16(), answer.ran), (401, 0), "{framework:?}");
        }
    }
}
