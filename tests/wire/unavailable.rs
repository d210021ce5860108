//! The one branch that a local key set never takes: whether the token is good cannot be told.

use std::time::Duration;

use serde_json::json;
use stepup_core::{Credential, Gate, Timestamp, Verification, Verifier, VerifyError};
use stepup_tests::{Api, Framework, block_on};

#[derive(Debug)]
struct Unreachable {
    retry_after: Duration,
}

impl Verifier for Unreachable {
    fn verify<'a>(&'a self, _: Credential<'a>, _: Timestamp) -> Verification<'a> {
        let retry_after = self.retry_after;
        Verification::Pending(Box::pin(
            async move { Err(VerifyError::Unavailable { retry_after }) },
        ))
    }
}

#[test]
fn who_cannot_be_judged_is_asked_to_come_back() {
    for (retry_after, seconds) in
        [(Duration::from_secs(30), "30"), (Duration::from_millis(10), "1"), (Duration::ZERO, "1")]
    {
        let gate = Gate::with_verifier(Unreachable { retry_after }).realm("api").build().unwrap();
        let answers = Framework::ALL
            .map(|framework| block_on(Api::new(framework, &gate).post_with("/mfa_fresh", "a")));
        for answer in &answers {
            assert_eq!((answer.status.as_u16(), answer.ran), (503, 0));
            assert_eq!(answer.challenge(), "", "a login cannot help");
            assert_eq!(answer.headers["retry-after"], seconds);
            assert_eq!(answer.headers["cache-control"], "no-store");
            let expected = json!({
                "type": "https://stepup.example/problems/verification-unavailable",
                "title": "Access tokens cannot be verified at present",
                "status": 503,
                "detail": "This is no fault of yours. Try again a little later.",
            });
            assert_eq!(answer.json(), expected);
        }
        assert_eq!(answers[0], answers[1]);
    }
}
