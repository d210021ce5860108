//! M7, M8 in poem: its `Option` and `Result` take any extractor. The compiler cannot stop that
//! outside `guarded` routes (`ui` pins it inside), so each such run is an error in the log.

use poem::{Endpoint, EndpointExt, handler};
use stepup_core::Algorithm;
use stepup_poem::{SteppedUp, level};
use stepup_tests::{Issuer, clock, gate};

use crate::log;

#[handler]
async fn optional(proof: Option<SteppedUp<level::Mfa>>) -> String {
    format!("{}", proof.is_some())
}

#[handler]
async fn attempted(proof: poem::Result<SteppedUp<level::Mfa>>) -> String {
    format!("{}", proof.is_ok())
}

#[handler]
async fn plain(_: SteppedUp<level::Mfa>) -> String {
    "true".to_owned()
}

fn run(endpoint: impl Endpoint) -> (u16, String) {
    let gate = gate(&Issuer::new(Algorithm::EdDsa), &clock());
    let endpoint = endpoint.data(gate);
    let (response, log) = log::of(endpoint.get_response(poem::Request::default()));
    (response.status().as_u16(), log)
}

#[test]
fn m7_m8_a_dropped_refusal_is_logged() {
    for (endpoint, status, logged) in
        [(optional.boxed(), 200, true), (attempted.boxed(), 200, true), (plain.boxed(), 401, false)]
    {
        let (answered, log) = run(endpoint);
        assert_eq!(answered, status);
        let error = log.contains("ERROR") && log.contains("the refusal was dropped");
        assert_eq!(error, logged, "{log}");
    }
}
