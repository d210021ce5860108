//! Nonces of ours in proofs (RFC 9449 §9).

use std::time::Duration;

use http::StatusCode;
use stepup_core::{Algorithm, Dpop};
use stepup_tests::{AUDIENCE, Answer, NOW, block_on};

use crate::{Bound, challenged, request};

fn nonce(answer: &Answer) -> String {
    answer.headers["dpop-nonce"].to_str().unwrap().to_owned()
}

/// R-9449-02.
#[test]
fn r_9449_02_a_proof_without_our_nonce_is_told_it() {
    let bound = Bound::with(Dpop::at(AUDIENCE).with_nonces(&[7; 32]), Algorithm::Es256);
    let token = bound.token();
    let send = |api: &stepup_tests::Api, nonce: Option<&str>, at: u64| {
        let mut proof = bound.prover.proof("/mfa", &token).with("iat", at);
        if let Some(nonce) = nonce {
            proof = proof.with("nonce", nonce);
        }
        block_on(api.call(request(&format!("DPoP {token}"), &[&bound.prover.sign(&proof)])))
    };
    for (framework, api) in &bound.apis {
        let told = send(api, None, NOW);
        assert_eq!((told.status, told.ran), (StatusCode::UNAUTHORIZED, 0), "{framework:?}");
        let expected = ("DPoP".to_owned(), Some("use_dpop_nonce".to_owned()));
        assert_eq!(challenged(&told), expected, "{framework:?}");
        assert_eq!(told.json()["error"], "use_dpop_nonce");
        let ours = nonce(&told);
        for wrong in ["", "abc", &ours[1..], &format!("{ours}A")] {
            let answer = send(api, Some(wrong), NOW);
            assert_eq!(challenged(&answer), expected, "{framework:?} {wrong}");
        }
        assert_eq!(send(api, Some(&ours), NOW).status, 200, "{framework:?}");
        // It may be used again, with a new proof.
        assert_eq!(send(api, Some(&ours), NOW).status, 200, "{framework:?}");
    }
    let (_, api) = &bound.apis[0];
    let ours = nonce(&send(api, None, NOW));
    bound.clock.advance(Duration::from_secs(300));
    assert_eq!(send(api, Some(&ours), NOW + 300).status, 200);
    bound.clock.advance(Duration::from_secs(1));
    let late = send(api, Some(&ours), NOW + 301);
    assert_eq!(challenged(&late).1.as_deref(), Some("use_dpop_nonce"));
    assert_ne!(nonce(&late), ours);
}

/// Instances that share the key take each other's nonces; others do not.
#[test]
fn nonces_are_of_whoever_holds_the_key() {
    let [a, b, other] = [[7; 32], [7; 32], [8; 32]]
        .map(|key| Bound::with(Dpop::at(AUDIENCE).with_nonces(&key), Algorithm::Es256));
    let from = |bound: &Bound, nonce: &str| {
        let token = bound.token();
        let proof = bound.prover.proof("/mfa", &token).with("nonce", nonce);
        let proof = bound.prover.sign(&proof);
        block_on(bound.apis[0].1.call(request(&format!("DPoP {token}"), &[&proof])))
    };
    let ours = nonce(&from(&a, ""));
    assert_eq!(from(&b, &ours).status, 200);
    assert_eq!(challenged(&from(&other, &ours)).1.as_deref(), Some("use_dpop_nonce"));
}
