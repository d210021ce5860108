//! A question with a DPoP proof is a request of its own: a `GET` of its own URL.

use stepup_core::{Algorithm, Dpop, Gate, KeySet};
use stepup_tests::{AUDIENCE, ISSUER, Issuer, Prover, clock};

use crate::app::App;

#[test]
fn r_9449_01_a_question_has_a_proof_of_its_own() {
    let (issuer, prover) = (Issuer::new(Algorithm::Es256), Prover::new(Algorithm::Es256));
    let gates = [(); 2].map(|()| {
        Gate::builder(ISSUER, AUDIENCE)
            .keys(KeySet::from_jwks(issuer.jwks().as_bytes()).unwrap())
            .clock(clock())
            .dpop(Dpop::at(AUDIENCE))
            .build()
            .unwrap()
    });
    let token = issuer.token(&prover.token());
    let authorization = format!("DPoP {token}");
    // A gate for each framework: what one has seen the other has not.
    let [first, second] = gates;
    let ([axum, _], [_, poem]) = (App::both(&first), App::both(&second));
    for app in [axum, poem] {
        for (path, question) in
            [("/plain", "/plain/step-up"), ("/v1/orders/7", "/v1/orders/7/step-up")]
        {
            let proof = |method: &str, path: &str| {
                prover.sign(&prover.proof(path, &token).with("htm", method))
            };
            let send = |method: &str, path: &str, proof: &str| {
                let headers = [("authorization", authorization.as_str()), ("dpop", proof)];
                let answer = app.call(method, path, &headers);
                (answer.status.as_u16(), answer.ran)
            };
            let name = format!("{:?}: {path}", app.framework);
            let (asked, called) = (proof("GET", question), proof("POST", path));
            assert_eq!(send("GET", question, &asked), (204, 0), "{name}");
            assert_eq!(send("GET", question, &asked), (401, 0), "{name}: twice");
            assert_eq!(send("GET", question, &called), (401, 0), "{name}: the call's");
            let theirs = proof("GET", question);
            assert_eq!(send("POST", path, &theirs), (401, 0), "{name}: the question's");
            // None of that has used up the call's own.
            assert_eq!(send("POST", path, &called), (200, 1), "{name}");
        }
    }
}
