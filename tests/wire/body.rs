//! The guard decides before anything of the body is read.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::Request;
use stepup_core::Algorithm;
use stepup_tests::{Answer, Api, Framework, Issuer, Payload, Token, block_on, clock, gate};

fn send(framework: Framework, token: &Token, payload: Payload) -> Answer {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let api = Api::new(framework, &gate(&issuer, &clock()));
    let request = Request::post("/body")
        .header("authorization", format!("Bearer {}", issuer.token(token)))
        .header("content-type", "application/json")
        .body(payload)
        .expect("a request");
    block_on(api.call(request))
}

#[test]
fn a_body_that_would_not_parse_is_not_looked_at() {
    for framework in Framework::ALL {
        let broken = Payload::Bytes(b"{ not json".to_vec());
        let weak = send(framework, &Token::new().with("acr", "single-factor"), broken.clone());
        assert_eq!((weak.status.as_u16(), weak.ran), (401, 0), "{framework:?}");
        assert!(weak.challenge().contains("insufficient_user_authentication"));

        let good = send(framework, &Token::new(), broken);
        assert_eq!(good.status, 400, "{framework:?}: a good token does get to the body");
        let fine = send(framework, &Token::new(), Payload::Bytes(b"{}".to_vec()));
        assert_eq!((fine.status.as_u16(), fine.ran), (200, 1), "{framework:?}");
    }
}

/// H12: without the guard in front this request would wait for ever.
#[test]
fn h12_a_body_that_never_ends_is_not_waited_for() {
    for framework in Framework::ALL {
        let asked = Arc::new(AtomicUsize::new(0));
        let weak = Token::new().with("acr", "single-factor");
        let answer = send(framework, &weak, Payload::Endless(asked.clone()));
        assert_eq!((answer.status.as_u16(), answer.ran), (401, 0), "{framework:?}");
        assert_eq!(asked.load(Ordering::SeqCst), 0, "{framework:?} asked for the body");
    }
}
