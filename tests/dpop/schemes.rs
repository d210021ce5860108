//! Bound and unbound tokens, by either scheme, at every kind of route (T24).

use serde_json::json;
use stepup_core::{Algorithm, KeySet, read_challenges};
use stepup_tests::{
    AUDIENCE, Api, Framework, ISSUER, Issuer, Prover, Token, block_on, clock, gate,
};

use crate::{Bound, challenged, request, to};

/// T24, R-9449-01: at every route, known or not, and whatever the answer would be otherwise.
#[test]
fn t24_a_bound_token_is_never_a_bearer_token() {
    let bound = Bound::new();
    for path in ["/mfa", "/single", "/phr", "/fresh", "/verified", "/both", "/scope", "/either"] {
        for (framework, api) in &bound.apis {
            let token = bound.issuer.token(&bound.prover.token().with("jti", path));
            let proof = || bound.prover.sign(&bound.prover.proof(path, &token));
            for authorization in [format!("Bearer {token}"), format!("bearer {token}")] {
                for proofs in [vec![], vec![proof()]] {
                    let proofs: Vec<_> = proofs.iter().map(String::as_str).collect();
                    let answer = block_on(api.call(to(path, &authorization, &proofs)));
                    let seen = format!("{path} {framework:?} {answer:?}");
                    assert_eq!((answer.status.as_u16(), answer.ran), (401, 0), "{seen}");
                    let expected = ("Bearer".to_owned(), Some("invalid_token".to_owned()));
                    assert_eq!(challenged(&answer), expected, "{seen}");
                }
            }
            // With its proof it is judged as any other.
            let answer = block_on(api.call(to(path, &format!("DPoP {token}"), &[&proof()])));
            assert_ne!(challenged_error(&answer).as_deref(), Some("invalid_token"), "{path}");
            // And is not remembered as a bearer token for that.
            let answer = block_on(api.call(to(path, &format!("Bearer {token}"), &[])));
            assert_eq!((answer.status.as_u16(), answer.ran), (401, 0), "{path} {framework:?}");
        }
    }
}

fn challenged_error(answer: &stepup_tests::Answer) -> Option<String> {
    let challenges = read_challenges(answer.challenge()).ok()?;
    Some(challenges.first()?.param("error")?.to_owned())
}

#[test]
fn an_unbound_token_is_taken_alone_and_not_with_a_proof() {
    let bound = Bound::new();
    let token = bound.issuer.token(&Token::new());
    for (framework, api) in &bound.apis {
        let answer = block_on(api.call(request(&format!("Bearer {token}"), &[])));
        assert_eq!((answer.status.as_u16(), answer.ran), (200, 1), "{framework:?}");
        let proof = bound.prover.sign(&bound.prover.proof("/mfa", &token));
        let answer = block_on(api.call(request(&format!("DPoP {token}"), &[&proof])));
        assert_eq!((answer.status.as_u16(), answer.ran), (401, 0), "{framework:?}");
        let expected = ("DPoP".to_owned(), Some("invalid_token".to_owned()));
        assert_eq!(challenged(&answer), expected, "{framework:?}");
    }
}

/// R-9449-01: any other confirmation, and any beside `jkt`, binds to what nobody checks.
#[test]
fn t24_a_confirmation_that_is_not_understood_is_not_met() {
    let bound = Bound::new();
    let jkt = bound.prover.thumbprint();
    for confirmation in [
        json!({"x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}),
        json!({"jkt": jkt, "x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}),
        json!({"jwk": bound.prover.jwk()}),
        json!({"jkt": [jkt]}),
        json!({"jkt": ""}),
        json!({"jkt": jkt[..42]}),
        json!({"JKT": jkt}),
        json!({}),
        json!(null),
        json!(jkt),
        json!([{"jkt": jkt}]),
    ] {
        let token = bound.issuer.token(&Token::new().with("cnf", confirmation.clone()));
        let proof = bound.prover.sign(&bound.prover.proof("/mfa", &token));
        for (framework, api) in &bound.apis {
            for (scheme, proofs) in [("Bearer", vec![]), ("DPoP", vec![proof.as_str()])] {
                let answer = block_on(api.call(request(&format!("{scheme} {token}"), &proofs)));
                let seen = format!("{confirmation} {scheme} {framework:?}");
                assert_eq!((answer.status.as_u16(), answer.ran), (401, 0), "{seen}");
            }
        }
    }
}

/// R-9470-01: the step-up challenge of a bound token is of its scheme.
#[test]
fn r_9470_01_a_bound_token_is_challenged_in_its_scheme() {
    let bound = Bound::new();
    let token = bound.issuer.token(&bound.prover.token().with("acr", "single-factor"));
    for (framework, api) in &bound.apis {
        let proof = bound.prover.sign(&bound.prover.proof("/mfa_fresh", &token));
        let answer = block_on(api.call(to("/mfa_fresh", &format!("DPoP {token}"), &[&proof])));
        assert_eq!((answer.status.as_u16(), answer.ran), (401, 0), "{framework:?}");
        assert_eq!(
            answer.challenge(),
            "DPoP realm=\"https://api.example\", algs=\"EdDSA ES256 ES384 PS256 PS384 PS512 RS256 \
             RS384 RS512 Ed25519\", error=\"insufficient_user_authentication\", \
             error_description=\"A different authentication level is required\", \
             acr_values=\"mfa phr phrh\", max_age=\"300\"",
        );
    }
}

/// R-9449-10: who sent nothing is told both schemes, and nothing else.
#[test]
fn r_9449_10_without_a_credential_both_schemes_are_named() {
    let bound = Bound::new();
    for (framework, api) in &bound.apis {
        let answer = block_on(api.post("/mfa", &[]));
        let lines: Vec<_> = answer.headers.get_all("www-authenticate").iter().collect();
        assert_eq!(
            lines,
            [
                "Bearer realm=\"https://api.example\"",
                "DPoP realm=\"https://api.example\", algs=\"EdDSA ES256 ES384 PS256 PS384 PS512 \
                 RS256 RS384 RS512 Ed25519\"",
            ],
            "{framework:?}"
        );
    }
}

/// A gate without DPoP knows the scheme as little as any other.
#[test]
fn a_gate_without_dpop_knows_no_such_scheme() {
    let (issuer, prover, clock) =
        (Issuer::new(Algorithm::Es256), Prover::new(Algorithm::Es256), clock());
    let gate = gate(&issuer, &clock);
    let token = issuer.token(&prover.token());
    for framework in Framework::ALL {
        let api = Api::new(framework, &gate);
        let proof = prover.sign(&prover.proof("/mfa", &token));
        let answer = block_on(api.call(request(&format!("DPoP {token}"), &[&proof])));
        assert_eq!(answer.status, 401);
        assert_eq!(answer.challenge(), "Bearer realm=\"https://api.example\"");
        let answer = block_on(api.call(request(&format!("Bearer {token}"), &[&proof])));
        assert_eq!(challenged(&answer).1.as_deref(), Some("invalid_token"));
    }
}

#[test]
fn settings_that_cannot_work_do_not_start() {
    use stepup_core::{Dpop, Gate};
    let issuer = Issuer::new(Algorithm::Es256);
    for (dpop, expected) in [
        (
            Dpop::at("api.example"),
            "the gate's DPoP: the URL of `Dpop::at(…)` is not one that clients see this API at: \
             write for example `https://api.example`, without query and fragment",
        ),
        (
            Dpop::at(AUDIENCE).proofs_live_for(std::time::Duration::ZERO),
            "the gate's DPoP: DPoP proofs live for one second to five minutes: set that with \
             `Dpop::proofs_live_for(…)`",
        ),
        (
            Dpop::at(AUDIENCE).proofs_live_for(std::time::Duration::from_secs(301)),
            "the gate's DPoP: DPoP proofs live for one second to five minutes: set that with \
             `Dpop::proofs_live_for(…)`",
        ),
    ] {
        let keys = KeySet::from_jwks(issuer.jwks().as_bytes()).unwrap();
        let built = Gate::builder(ISSUER, AUDIENCE).keys(keys).dpop(dpop).build();
        assert_eq!(built.unwrap_err().to_string(), expected);
    }
}
