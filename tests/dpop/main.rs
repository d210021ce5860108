//! Tokens that are bound to a key (RFC 9449), in both frameworks.

mod example;
mod nonces;
mod proofs;
mod schemes;

use std::sync::Arc;

use http::Request;
use stepup_core::{Algorithm, Dpop, Gate, KeySet, ManualClock};
use stepup_tests::{AUDIENCE, Answer, Api, Framework, ISSUER, Issuer, Payload, Prover, clock};

/// One issuer, one client with a key, and the API in both frameworks.
struct Bound {
    issuer: Issuer,
    prover: Prover,
    clock: Arc<ManualClock>,
    apis: [(Framework, Api); 2],
}

impl Bound {
    fn new() -> Self {
        Self::with(Dpop::at(AUDIENCE), Algorithm::Es256)
    }

    fn with(dpop: Dpop, algorithm: Algorithm) -> Self {
        let (issuer, clock) = (Issuer::new(Algorithm::Es256), clock());
        // A gate for each: what one has seen the other has not.
        let apis = Framework::ALL.map(|framework| {
            let keys = KeySet::from_jwks(issuer.jwks().as_bytes()).unwrap();
            let gate = Gate::builder(ISSUER, AUDIENCE)
                .keys(keys)
                .clock(clock.clone())
                .dpop(dpop.clone())
                .build()
                .unwrap();
            (framework, Api::new(framework, &gate))
        });
        Self { issuer, prover: Prover::new(algorithm), clock, apis }
    }

    /// The good token, bound.
    fn token(&self) -> String {
        self.issuer.token(&self.prover.token())
    }

    /// A good proof for `/mfa`.
    fn proof(&self, token: &str) -> String {
        self.prover.sign(&self.prover.proof("/mfa", token))
    }
}

/// A `POST` to `/mfa`.
fn request(authorization: &str, proofs: &[&str]) -> Request<Payload> {
    to("/mfa", authorization, proofs)
}

fn to(path: &str, authorization: &str, proofs: &[&str]) -> Request<Payload> {
    let mut request = Request::post(path).header("authorization", authorization);
    for proof in proofs {
        request = request.header("dpop", *proof);
    }
    request.body(Payload::NONE).unwrap()
}

/// The value of `error` in the answer's one challenge, and its scheme.
fn challenged(answer: &Answer) -> (String, Option<String>) {
    let challenges = stepup_core::read_challenges(answer.challenge()).unwrap();
    let [challenge] = challenges.as_slice() else { panic!("{challenges:?}") };
    (challenge.scheme().to_owned(), challenge.param("error").map(str::to_owned))
}
