//! F7: a clock that jumps. While it is wrong, callers may be refused; none is let in who should
//! not be, nothing panics, and once it is right so is the next answer.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use stepup_core::{
    Algorithm, Authentication, Clock, Credential, Gate, KeySet, Level, ManualClock, Timestamp,
    Verification, Verifier,
};
use stepup_tests::{AUDIENCE, Api, Framework, ISSUER, Issuer, NOW, Token, block_on, clock, gate};

const HOUR: u64 = 3600;
const END: u64 = Timestamp::MAX.as_secs();

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_secs(seconds)
}

/// The `error` of a challenge; nothing for a request that went in.
fn asked(api: &Api, path: &str, token: &str) -> String {
    let answer = block_on(api.post_with(path, token));
    let error = answer.challenge().split("error=\"").nth(1).and_then(|rest| rest.split('"').next());
    let error = error.unwrap_or_default().to_owned();
    assert_eq!(answer.ran, usize::from(error.is_empty()), "{answer:?}");
    assert_eq!(answer.status.as_u16(), if error.is_empty() { 200 } else { 401 });
    error
}

const FINE: &str = "";
const INVALID: &str = "invalid_token";
const SHORT: &str = "insufficient_user_authentication";

/// The token: logged in a minute before `NOW`, issued half a minute before, good for ten minutes.
#[test]
fn f7_a_clock_that_jumps_is_right_again_at_once() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let token = issuer.token(&Token::new());
    for framework in Framework::ALL {
        let clock = clock();
        let api = Api::new(framework, &gate(&issuer, &clock));
        for (now, mfa, fresh) in [
            (NOW - HOUR, INVALID, INVALID),
            (NOW + HOUR, INVALID, INVALID),
            (NOW - 36, INVALID, INVALID),
            (NOW - 35, FINE, FINE),
            (NOW - 3, FINE, FINE),
            (NOW + 3, FINE, FINE),
            (NOW + 30, FINE, FINE),
            (NOW + 240, FINE, FINE),
            (NOW + 241, FINE, SHORT),
            (NOW + 599, FINE, SHORT),
            (NOW + 600, INVALID, INVALID),
            (0, INVALID, INVALID),
            (1, INVALID, INVALID),
            ((1 << 31) - 1, INVALID, INVALID),
            (1 << 31, INVALID, INVALID),
            ((1 << 32) - 1, INVALID, INVALID),
            (1 << 32, INVALID, INVALID),
            (END - 1, INVALID, INVALID),
            (END, INVALID, INVALID),
            (END + 1, INVALID, INVALID),
            (i64::MAX as u64, INVALID, INVALID),
            (u64::MAX - 1, INVALID, INVALID),
            (u64::MAX, INVALID, INVALID),
        ] {
            for _ in 0..2 {
                clock.set(at(now));
                assert_eq!(asked(&api, "/mfa", &token), mfa, "{framework:?} at {now}");
                assert_eq!(asked(&api, "/mfa_fresh", &token), fresh, "{framework:?} at {now}");
                clock.set(at(NOW));
                assert_eq!(asked(&api, "/mfa_fresh", &token), FINE, "{framework:?} after {now}");
            }
        }
    }
}

/// A token met for the first time while the clock is wrong is not spoilt by it.
#[test]
fn f7_a_token_first_met_at_a_wrong_time_is_judged_anew() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    for framework in Framework::ALL {
        let clock = clock();
        let api = Api::new(framework, &gate(&issuer, &clock));
        for (count, now) in [0, NOW - HOUR, NOW + HOUR, 1 << 32, u64::MAX].into_iter().enumerate() {
            let token = issuer.token(&Token::new().with("jti", format!("met-{count}")));
            clock.set(at(now));
            assert_eq!(asked(&api, "/mfa", &token), INVALID, "{framework:?} at {now}");
            clock.set(at(NOW));
            assert_eq!(asked(&api, "/mfa", &token), FINE, "{framework:?} after {now}");
        }
    }
}

/// No year is a cliff: around each, tokens of that time are judged as today's are.
#[test]
fn f7_a_time_to_come_is_a_time_like_any_other() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    for framework in Framework::ALL {
        let clock = clock();
        let api = Api::new(framework, &gate(&issuer, &clock));
        for middle in [1 << 31, 1 << 32, 1 << 33, END - 2 * HOUR] {
            for now in middle - 301..=middle + 301 {
                if (now + 2) % 50 > 4 && now.abs_diff(middle) > 2 {
                    continue;
                }
                let token = |login: u64| {
                    let token = Token::new().with("iat", now).with("exp", now + 600);
                    issuer.token(&token.with("auth_time", now - login))
                };
                clock.set(at(now));
                for (age, expected) in [(0, FINE), (300, FINE), (301, SHORT)] {
                    let asked = asked(&api, "/mfa_fresh", &token(age));
                    assert_eq!(asked, expected, "{framework:?} at {now}, {age} s after the login");
                }
                let token = token(0);
                for (later, expected) in [(300, FINE), (301, SHORT), (599, SHORT), (600, INVALID)] {
                    clock.set(at(now + later));
                    let asked = asked(&api, "/mfa_fresh", &token);
                    assert_eq!(asked, expected, "{framework:?} at {now} + {later}");
                }
            }
        }
    }
}

/// Reads its times one after the other, from the first again after the last.
#[derive(Clone, Debug)]
struct Flapping {
    times: &'static [u64],
    next: Arc<AtomicUsize>,
}

impl Clock for Flapping {
    fn now(&self) -> Timestamp {
        let next = self.next.fetch_add(1, Ordering::SeqCst);
        at(self.times[next % self.times.len()])
    }
}

/// Three seconds to and fro are within the skew; an hour is not, and each request is judged by
/// the one time that it reads.
#[test]
fn f7_a_clock_that_flaps_is_read_once_a_request() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let token = issuer.token(&Token::new().with("iat", NOW).with("auth_time", NOW));
    let keys = || KeySet::from_jwks(issuer.jwks().as_bytes()).expect("good keys");
    for framework in Framework::ALL {
        for (times, expected) in [
            (&[NOW, NOW - 3, NOW + 3, NOW - 3][..], &[FINE][..]),
            (&[NOW, NOW - HOUR], &[FINE, INVALID]),
            (&[NOW + HOUR, NOW], &[INVALID, FINE]),
            (&[NOW, NOW + 301, 0, END], &[FINE, SHORT, INVALID, INVALID]),
        ] {
            let clock = Flapping { times, next: Arc::default() };
            let gate = Gate::builder(ISSUER, AUDIENCE).keys(keys()).clock(clock.clone()).build();
            let api = Api::new(framework, &gate.expect("good settings"));
            for request in 0..100 {
                let expected = expected[request % expected.len()];
                let name = format!("{framework:?}: {times:?}, request {request}");
                assert_eq!(asked(&api, "/mfa_fresh", &token), expected, "{name}");
                assert_eq!(clock.next.load(Ordering::SeqCst), request + 1, "{name}");
            }
        }
    }
}

/// Sets the clock while somebody is asked, and says that the caller has just logged in.
#[derive(Debug)]
struct Slow {
    clock: Arc<ManualClock>,
    then: Arc<Mutex<u64>>,
}

impl Verifier for Slow {
    fn verify<'a>(&'a self, _: Credential<'a>, now: Timestamp) -> Verification<'a> {
        Verification::Pending(Box::pin(async move {
            self.clock.set(at(*self.then.lock().expect("unpoisoned")));
            let login = Authentication::of_user(ISSUER, "alice", at(NOW + 600));
            Ok(Arc::new(login.with_level(Level::MFA).with_auth_time(now)))
        }))
    }
}

#[test]
fn f7_a_clock_that_jumps_within_a_request_is_no_way_in() {
    for framework in Framework::ALL {
        let (clock, then) = (clock(), Arc::new(Mutex::new(NOW)));
        let verifier = Slow { clock: clock.clone(), then: then.clone() };
        let gate = Gate::with_verifier(verifier).realm("own").clock(clock.clone()).build();
        let api = Api::new(framework, &gate.expect("good settings"));
        for (time, expected) in [
            (NOW, FINE),
            (NOW + 300, FINE),
            (NOW + 301, SHORT),
            (NOW + 600, INVALID),
            (NOW - 5, FINE),
            (NOW - 6, INVALID),
            (NOW - HOUR, INVALID),
            (0, INVALID),
            (u64::MAX, INVALID),
        ] {
            clock.set(at(NOW));
            *then.lock().expect("unpoisoned") = time;
            assert_eq!(asked(&api, "/mfa_fresh", "x"), expected, "{framework:?} to {time}");
        }
    }
}
