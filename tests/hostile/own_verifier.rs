//! T14: a verifier of the service's own loses none of the gate's checks.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::Request;
use stepup_core::Algorithm;
use stepup_core::{
    Authentication, Credential, Gate, Level, Method, Timestamp, TokenFault, Verification, Verifier,
    VerifyError,
};
use stepup_tests::{ISSUER, Issuer, NOW, Payload, clock};

use crate::trial::{Trial, Verdict};

type Answer = Result<Authentication, VerifyError>;

/// Says what it is told to say, at once or later.
#[derive(Clone, Debug)]
struct Told {
    answer: Arc<Mutex<Answer>>,
    later: bool,
}

impl Verifier for Told {
    fn verify<'a>(&'a self, _: Credential<'a>, _: Timestamp) -> Verification<'a> {
        let answer = self.answer.lock().expect("unpoisoned").clone().map(Arc::new);
        if self.later {
            Verification::Pending(Box::pin(async { answer }))
        } else {
            Verification::Ready(answer)
        }
    }
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_secs(seconds)
}

fn until(seconds: u64) -> Authentication {
    Authentication::of_user(ISSUER, "alice", at(seconds))
}

fn good() -> Authentication {
    until(NOW + 60).with_level(Level::MFA).with_auth_time(at(NOW - 60))
}

fn each(rows: &[(&str, Answer, Verdict)]) {
    for later in [false, true] {
        let told = Told { answer: Arc::new(Mutex::new(Ok(good()))), later };
        let clock = clock();
        let gate = Gate::with_verifier(told.clone()).realm("own").clock(clock.clone()).build();
        let gate = gate.expect("the gate's settings are good");
        let trial = Trial::behind(Issuer::new(Algorithm::EdDsa), clock, &gate);
        for (name, answer, verdict) in rows {
            for (name, answer, verdict) in
                [("the control", &Ok(good()), &Verdict::Admitted), (*name, answer, verdict)]
            {
                answer.clone_into(&mut told.answer.lock().expect("unpoisoned"));
                trial.judge(
                    format!("{name}, later: {later}"),
                    "/mfa_fresh",
                    &["Bearer x"],
                    *verdict,
                );
            }
        }
    }
}

#[test]
fn t14_the_gate_checks_times_whoever_verified() {
    use Verdict::{Admitted, Invalid};
    let with = |change: fn(Authentication) -> Authentication| Ok(change(good()));
    let ends = |seconds| Ok(until(seconds).with_level(Level::MFA).with_auth_time(at(NOW - 60)));
    each(&[
        ("expires in a second", ends(NOW + 1), Admitted),
        ("expires now", ends(NOW), Invalid),
        ("expired a second ago", ends(NOW - 1), Invalid),
        ("expired long ago", ends(0), Invalid),
        ("logs in within the skew", with(|login| login.with_auth_time(at(NOW + 5))), Admitted),
        ("logs in beyond the skew", with(|login| login.with_auth_time(at(NOW + 6))), Invalid),
        ("logs in at the end", with(|login| login.with_auth_time(Timestamp::MAX)), Invalid),
        ("valid within the skew", with(|login| login.with_not_before(at(NOW + 5))), Admitted),
        ("not valid yet", with(|login| login.with_not_before(at(NOW + 6))), Invalid),
        (
            "a level within the skew",
            with(|login| login.with_level_reached(Level::MFA, at(NOW + 5))),
            Admitted,
        ),
        (
            "a level in the future",
            with(|login| login.with_level_reached(Level::MFA, at(NOW + 6))),
            Invalid,
        ),
        (
            "another level in the future",
            with(|login| login.with_level_reached(Level::SINGLE_FACTOR, at(NOW + 6))),
            Invalid,
        ),
        (
            "a method in the future",
            with(|login| login.with_method_used(Method::OTP, at(NOW + 6))),
            Invalid,
        ),
    ]);
}

#[test]
fn t14_the_gate_decides_whoever_verified() {
    use Verdict::{Invalid, Short};
    let weak = until(NOW + 60).with_level(Level::SINGLE_FACTOR).with_auth_time(at(NOW - 60));
    each(&[
        ("refused", Err(TokenFault::Signature.into()), Invalid),
        ("refused as expired", Err(TokenFault::Expired.into()), Invalid),
        ("weak", Ok(weak), Short),
        ("no level", Ok(until(NOW + 60).with_auth_time(at(NOW))), Short),
        ("no time", Ok(until(NOW + 60).with_level(Level::MFA)), Short),
        ("nothing but a name", Ok(until(NOW + 60)), Short),
        ("at the age", Ok(good().with_auth_time(at(NOW - 300))), Verdict::Admitted),
        ("stale", Ok(good().with_auth_time(at(NOW - 301))), Short),
    ]);
}

/// Who cannot tell does not let in.
#[test]
fn t14_a_verifier_that_cannot_tell_admits_nobody() {
    for later in [false, true] {
        let retry_after = Duration::from_secs(7);
        let answer = Err(VerifyError::Unavailable { retry_after });
        let told = Told { answer: Arc::new(Mutex::new(answer)), later };
        let clock = clock();
        let gate = Gate::with_verifier(told.clone()).realm("own").clock(clock.clone()).build();
        let gate = gate.expect("the gate's settings are good");
        let trial = Trial::behind(Issuer::new(Algorithm::EdDsa), clock, &gate);
        let request = || {
            let request = Request::post("/single").header("authorization", "Bearer x");
            request.body(Payload::NONE).expect("a request")
        };
        for (framework, answer) in trial.answers(request) {
            assert_eq!((answer.status.as_u16(), answer.ran), (503, 0), "{framework:?}");
            assert_eq!(answer.headers["retry-after"], "7", "{framework:?}");
            assert_eq!(answer.headers["cache-control"], "no-store", "{framework:?}");
            assert_eq!(answer.challenge(), "", "{framework:?}");
        }
        *told.answer.lock().expect("unpoisoned") = Ok(good());
        trial.judge_request("the control", Verdict::Admitted, request);
    }
}
