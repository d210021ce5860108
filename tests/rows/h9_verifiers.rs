//! H9: a verifier that panics, hangs or is given up on lets nobody in, and the next caller finds
//! the gate as it was.

use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::{self, FutureExt};
use http::{HeaderMap, Request, StatusCode};
use poem::endpoint::{Endpoint, EndpointExt};
use poem::middleware::CatchPanic;
use stepup_core::{
    Authentication, Credential, Gate, Level, MalformedCredential, Timestamp, TokenFault,
    Verification, Verifier, VerifyError,
};
use stepup_tests::{Answer, ISSUER, NOW, clock};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use crate::app::App;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mood {
    Well,
    PanicsOnCredential,
    PanicsAtOnce,
    PanicsLater,
    NeverAnswers,
    CannotTell,
    Refuses,
}
use Mood::{
    CannotTell, NeverAnswers, PanicsAtOnce, PanicsLater, PanicsOnCredential, Refuses, Well,
};

#[derive(Clone, Debug)]
struct Moody {
    mood: Arc<Mutex<Mood>>,
    /// How many verifications have begun and not ended.
    open: Arc<AtomicUsize>,
}

impl Moody {
    fn new() -> Self {
        Self { mood: Arc::new(Mutex::new(Well)), open: Arc::default() }
    }

    fn mood(&self) -> Mood {
        *self.mood.lock().expect("unpoisoned")
    }

    fn becomes(&self, mood: Mood) {
        *self.mood.lock().expect("unpoisoned") = mood;
    }

    fn gate(&self) -> Gate {
        let gate = Gate::with_verifier(self.clone()).realm("own").clock(clock());
        gate.build().expect("the gate's settings are good")
    }
}

/// One verification under way.
struct Open(Arc<AtomicUsize>);

impl Open {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Verifier for Moody {
    fn credential<'h>(
        &self,
        headers: &'h HeaderMap,
    ) -> Result<Option<Credential<'h>>, MalformedCredential> {
        assert!(self.mood() != PanicsOnCredential, "a verifier that panics");
        Credential::from_headers(headers)
    }

    fn verify<'a>(&'a self, _: Credential<'a>, _: Timestamp) -> Verification<'a> {
        let mood = self.mood();
        assert!(mood != PanicsAtOnce, "a verifier that panics");
        let open = Open::new(&self.open);
        Verification::Pending(Box::pin(async move {
            let _open = open;
            match mood {
                PanicsLater => panic!("a verifier that panics"),
                NeverAnswers => future::pending().await,
                CannotTell => Err(VerifyError::Unavailable { retry_after: Duration::ZERO }),
                Refuses => Err(TokenFault::Signature.into()),
                _ => {
                    let until = Timestamp::from_secs(NOW + 60);
                    let login = Authentication::of_user(ISSUER, "alice", until);
                    Ok(Arc::new(login.with_level(Level::MFA)))
                }
            }
        }))
    }
}

const LIMIT: Duration = Duration::from_secs(30);

async fn within_limit<E: Endpoint>(
    endpoint: Arc<E>,
    request: poem::Request,
) -> poem::Result<E::Output> {
    match tokio::time::timeout(LIMIT, endpoint.call(request)).await {
        Ok(answer) => answer,
        Err(_) => Err(poem::Error::from_status(StatusCode::SERVICE_UNAVAILABLE)),
    }
}

/// Behind the frameworks' layers for panics and a time limit.
fn apps(verifier: &Moody) -> [App; 2] {
    App::both_with(
        &verifier.gate(),
        |router| {
            let limit = TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LIMIT);
            router.layer(limit).layer(CatchPanicLayer::new())
        },
        |endpoint| endpoint.around(within_limit).with(CatchPanic::new()).boxed(),
    )
}

fn request() -> Request<()> {
    let request = Request::post("/transfers").header("authorization", "Bearer x");
    request.body(()).expect("a request")
}

/// On a clock that jumps to whatever is waited for.
fn ask(app: &App) -> Answer {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_time().start_paused(true);
    runtime.build().expect("a runtime can be made").block_on(app.call(request()))
}

fn is_well(app: &App, name: &str) {
    let answer = ask(app);
    assert_eq!((answer.status.as_u16(), answer.ran), (200, 1), "{:?}: {name}", app.framework);
}

#[test]
fn h9_a_verifier_that_fails_does_not_reach_the_handler() {
    let verifier = Moody::new();
    for app in apps(&verifier) {
        is_well(&app, "the control");
        for (mood, status) in [
            (PanicsOnCredential, 500),
            (PanicsAtOnce, 500),
            (PanicsLater, 500),
            (NeverAnswers, 503),
            (CannotTell, 503),
            (Refuses, 401),
        ] {
            let name = format!("{:?}: {mood:?}", app.framework);
            for _ in 0..3 {
                verifier.becomes(mood);
                let answer = ask(&app);
                assert_eq!((answer.status.as_u16(), answer.ran), (status, 0), "{name}");
                assert_eq!(verifier.open.load(Ordering::SeqCst), 0, "{name}: it goes on");
                verifier.becomes(Well);
                is_well(&app, &name);
            }
        }
    }
}

/// The client hangs up, or a layer gives up: what was under way ends there.
#[test]
fn h9_a_request_that_is_given_up_does_not_reach_the_handler() {
    let verifier = Moody::new();
    for app in App::both(&verifier.gate()) {
        verifier.becomes(NeverAnswers);
        let before = app.ran();
        {
            let mut under_way: Vec<_> = (0..100).map(|_| Box::pin(app.call(request()))).collect();
            for call in &mut under_way {
                assert!(call.now_or_never().is_none(), "{:?}", app.framework);
            }
            assert_eq!(verifier.open.load(Ordering::SeqCst), 100);
            // Those that wait keep nobody else waiting.
            verifier.becomes(Well);
            is_well(&app, "meanwhile");
        }
        assert_eq!(verifier.open.load(Ordering::SeqCst), 0, "{:?}", app.framework);
        assert_eq!(app.ran(), before + 1, "{:?}", app.framework);
        is_well(&app, "afterwards");
    }
}

/// Where no layer catches it, the panic ends the request and nothing else.
#[test]
fn h9_a_panic_that_nobody_catches_does_not_reach_the_handler() {
    let verifier = Moody::new();
    for app in App::both(&verifier.gate()) {
        for mood in [PanicsOnCredential, PanicsAtOnce, PanicsLater] {
            verifier.becomes(mood);
            let before = app.ran();
            let caught = panic::catch_unwind(panic::AssertUnwindSafe(|| ask(&app)));
            assert!(caught.is_err(), "{:?}: {mood:?}", app.framework);
            assert_eq!(app.ran(), before, "{:?}: {mood:?}", app.framework);
            verifier.becomes(Well);
            is_well(&app, "afterwards");
        }
    }
}
