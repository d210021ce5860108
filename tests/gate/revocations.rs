//! Logins that an application has ended, for all its instances together (R-JWT-15, T25).

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use stepup_core::{
    Algorithm, Authentication, Forget, Gate, KeySet, KnownTokens, ManualClock, Revocation,
    Revocations, TokenFault, VerifyError,
};
use stepup_tests::{AUDIENCE, Api, Framework, ISSUER, Issuer, Log, NOW, Token, block_on, clock};

type Meanwhile = Box<dyn FnMut() + Send>;

/// What the application keeps where all instances see it.
#[derive(Clone, Default)]
struct Shared {
    ended: Arc<Mutex<Vec<&'static str>>>,
    is_away: Arc<Mutex<bool>>,
    asked: Arc<AtomicUsize>,
    /// What happens while the gate waits.
    meanwhile: Arc<Mutex<Option<Meanwhile>>>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shared")
    }
}

impl Revocations for Shared {
    fn check<'a>(&'a self, login: &'a Authentication) -> Revocation<'a> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            tokio::task::yield_now().await;
            if let Some(meanwhile) = &mut *self.meanwhile.lock().unwrap() {
                meanwhile();
            }
            if *self.is_away.lock().unwrap() {
                return Err(VerifyError::Unavailable { retry_after: Duration::from_secs(7) });
            }
            let ended = self.ended.lock().unwrap();
            let named = [Some(login.subject()), login.session(), login.token_id()];
            let is_ended = named.into_iter().flatten().any(|name| ended.contains(&name));
            if is_ended { Err(TokenFault::Revoked.into()) } else { Ok(()) }
        })
    }
}

impl Shared {
    fn asked(&self) -> usize {
        self.asked.swap(0, Ordering::SeqCst)
    }
}

fn gate(issuer: &Issuer, clock: &Arc<ManualClock>, shared: &Shared, known: KnownTokens) -> Gate {
    Gate::builder(ISSUER, AUDIENCE)
        .keys(KeySet::from_jwks(issuer.jwks().as_bytes()).unwrap())
        .known_tokens(known)
        .clock(clock.clone())
        .revocations(shared.clone())
        .build()
        .unwrap()
}

const EACH: [KnownTokens; 2] = [KnownTokens::up_to(100), KnownTokens::none()];

/// A user, a session, one token: whichever instance is asked next.
#[test]
fn r_jwt_15_what_an_application_has_ended_comes_in_nowhere() {
    for known in EACH {
        let (issuer, clock, shared) = (Issuer::new(Algorithm::Es256), clock(), Shared::default());
        let instances = Framework::ALL
            .map(|framework| Api::new(framework, &gate(&issuer, &clock, &shared, known)));
        let token = issuer.token(&Token::new().with("sid", "s-1").with("jti", "t-1"));
        let other = issuer.token(&Token::new().with("sub", "bob").with("sid", "s-2"));
        for ended in ["alice", "s-1", "t-1"] {
            for api in &instances {
                assert_eq!(block_on(api.post_with("/mfa", &token)).status, 200);
            }
            shared.ended.lock().unwrap().push(ended);
            for api in &instances {
                for path in ["/mfa", "/verified"] {
                    let refused = block_on(api.post_with(path, &token));
                    assert_eq!((refused.status.as_u16(), refused.ran), (401, 0), "{ended} {path}");
                    assert!(refused.challenge().contains(r#"error="invalid_token""#));
                    let body = String::from_utf8_lossy(&refused.body);
                    assert!(!body.contains(ended), "{body}");
                    assert_eq!(block_on(api.post_with(path, &other)).status, 200);
                }
            }
            shared.ended.lock().unwrap().clear();
        }
    }
}

/// Not of who is nobody, and of the others once.
#[test]
fn a_gate_asks_once_a_request_and_of_good_tokens_alone() {
    for (framework, known) in Framework::ALL.into_iter().zip(EACH) {
        let (issuer, clock, shared) = (Issuer::new(Algorithm::Es256), clock(), Shared::default());
        let api = Api::new(framework, &gate(&issuer, &clock, &shared, known));
        let token = issuer.token(&Token::new());
        for path in ["/mfa", "/verified", "/both"] {
            assert_eq!(block_on(api.post_with(path, &token)).status, 200);
            assert_eq!(shared.asked(), 1, "{framework:?} {path}");
        }
        // The next request is another.
        assert_eq!(block_on(api.post_with("/both", &token)).status, 200);
        assert_eq!(shared.asked(), 1);
        let forged = Issuer::new(Algorithm::Es256).token(&Token::new());
        let expired = issuer.token(&Token::new().with("exp", NOW - 1));
        for bad in [forged.as_str(), expired.as_str(), "x"] {
            assert_eq!(block_on(api.post_with("/both", bad)).status, 401);
        }
        assert_eq!(shared.asked(), 0);
    }
}

/// F1: what cannot be told is no yes.
#[test]
fn f1_an_application_that_does_not_know_lets_nobody_in() {
    for framework in Framework::ALL {
        let (issuer, clock, shared) = (Issuer::new(Algorithm::Es256), clock(), Shared::default());
        let api = Api::new(framework, &gate(&issuer, &clock, &shared, KnownTokens::default()));
        *shared.is_away.lock().unwrap() = true;
        let answer = block_on(api.post_with("/both", &issuer.token(&Token::new())));
        assert_eq!((answer.status.as_u16(), answer.ran), (503, 0));
        assert_eq!(answer.headers["retry-after"], "7");
    }
}

/// Once, however many callers wait for it, and once that it is over.
#[test]
fn f1_the_log_says_that_an_application_has_no_answer() {
    let (issuer, clock, shared) = (Issuer::new(Algorithm::Es256), clock(), Shared::default());
    let api = Api::new(Framework::Axum, &gate(&issuer, &clock, &shared, KnownTokens::default()));
    let token = issuer.token(&Token::new());
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).finish();
    let logged = tracing::subscriber::set_default(subscriber);
    let told = || {
        let count = |what| log.text().matches(what).count();
        (count("`Revocations` have no answer"), count("`Revocations` answer again"))
    };
    for (is_away, expected) in [
        (false, (0, 0)),
        (true, (1, 0)),
        (true, (1, 0)),
        (false, (1, 1)),
        (false, (1, 1)),
        (true, (2, 1)),
    ] {
        *shared.is_away.lock().unwrap() = is_away;
        let status = if is_away { 503 } else { 200 };
        assert_eq!(block_on(api.post_with("/mfa", &token)).status, status);
        assert_eq!(told(), expected, "{}", log.text());
    }
    // Who is refused has had an answer too.
    *shared.is_away.lock().unwrap() = false;
    shared.ended.lock().unwrap().push("alice");
    assert_eq!(block_on(api.post_with("/mfa", &token)).status, 401);
    assert_eq!(told(), (2, 2), "{}", log.text());
    drop(logged);
}

/// The answer may be long in coming, and the token be good no longer when it comes.
#[test]
fn what_ends_while_the_gate_waits_has_ended() {
    let (issuer, clock, shared) = (Issuer::new(Algorithm::Es256), clock(), Shared::default());
    let gate = gate(&issuer, &clock, &shared, KnownTokens::default());
    let api = Api::new(Framework::Axum, &gate);
    let expires = issuer.token(&Token::new().with("exp", NOW + 2));
    let ticking = clock.clone();
    let later: Meanwhile = Box::new(move || ticking.advance(Duration::from_secs(2)));
    *shared.meanwhile.lock().unwrap() = Some(later);
    assert_eq!(block_on(api.post_with("/mfa", &expires)).status, 401);

    let token = issuer.token(&Token::new());
    let forgetful = gate.clone();
    let forget: Meanwhile = Box::new(move || {
        forgetful.forget(Forget::Subject { issuer: ISSUER, subject: "alice" });
    });
    *shared.meanwhile.lock().unwrap() = Some(forget);
    assert_eq!(block_on(api.post_with("/mfa", &token)).status, 401);
}
