//! A source whose user changes without a word to the client: nobody acts as somebody else.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use reqwest_middleware::ClientWithMiddleware;
use stepup_client::{AccessToken, BoxFuture, Error, SourceError, StepUp, StepUpError, TokenSource};

use crate::double::{Double, MFA, asks, done};
use crate::scripted::{Scripted, post, ready, stepped_up, with};

/// Whose login it is, and the token of it: their name.
#[derive(Clone)]
struct Session {
    user: Arc<Mutex<&'static str>>,
    /// Before the token of this number is given, Bob logs in.
    bob_at: usize,
    given: Arc<AtomicUsize>,
}

impl Session {
    fn of_alice() -> Self {
        Self { user: Arc::new(Mutex::new("alice")), bob_at: usize::MAX, given: Arc::default() }
    }

    fn bob_logs_in(&self) {
        *self.user.lock().unwrap() = "bob";
    }
}

impl TokenSource for Session {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, SourceError>> {
        if self.given.fetch_add(1, Ordering::SeqCst) == self.bob_at {
            self.bob_logs_in();
        }
        let token = AccessToken::bearer(*self.user.lock().unwrap());
        Box::pin(std::future::ready(Ok(token)))
    }

    fn session(&self) -> Option<String> {
        Some((*self.user.lock().unwrap()).to_owned())
    }
}

/// An API that wants `alice-mfa` or `bob-mfa`.
fn bank() -> Double {
    Double::start(|seen| match seen.token.as_deref() {
        Some(token) if token.ends_with("-mfa") => done(),
        _ => asks(MFA),
    })
}

fn client(bank: &Double, session: &Session, stepper: &Scripted) -> ClientWithMiddleware {
    let builder = StepUp::builder(session.clone(), stepper.clone()).origin(bank.url("/"));
    with(builder.build().unwrap())
}

/// Steps up whoever is logged in, and then has Bob log in if this is said.
fn stepper(then: Option<Session>) -> Scripted {
    Scripted::new(move |asked| {
        let token = format!("{}-mfa", asked.base_token().expose());
        then.iter().for_each(Session::bob_logs_in);
        ready(Ok(stepped_up(&token)))
    })
}

#[tokio::test]
async fn b9_who_comes_next_gets_nothing_of_the_last() {
    let (bank, session) = (bank(), Session::of_alice());
    let client = client(&bank, &session, &stepper(None));
    assert_eq!(post(&client, &bank.url("/")).await, Ok(200));
    session.bob_logs_in();
    assert_eq!(post(&client, &bank.url("/")).await, Ok(200));
    assert_eq!(bank.tokens(), ["alice", "alice-mfa", "bob", "bob-mfa"]);
}

#[tokio::test]
async fn b9_who_comes_while_another_is_asked_does_not_get_their_token() {
    let (bank, session) = (bank(), Session::of_alice());
    let client = client(&bank, &session, &stepper(Some(session.clone())));
    let error = post(&client, &bank.url("/")).await.unwrap_err();
    let is_over = matches!(error, Error::StepUp { error: StepUpError::LoggedOut, .. });
    assert!(is_over, "{error:?}");
    assert_eq!(post(&client, &bank.url("/")).await, Ok(200));
    assert_eq!(bank.tokens(), ["alice", "bob", "bob-mfa"]);
}

/// While the token of the login is fetched: for the call, and for the step-up.
#[tokio::test]
async fn b9_no_call_goes_on_with_the_login_of_somebody_else() {
    for bob_at in [0, 1] {
        let bank = bank();
        let session = Session { bob_at, ..Session::of_alice() };
        let stepper = stepper(None);
        let client = client(&bank, &session, &stepper);
        let error = post(&client, &bank.url("/")).await.unwrap_err();
        let is_over = matches!(
            error,
            Error::NoToken(_) | Error::StepUp { error: StepUpError::LoggedOut, .. }
        );
        assert!(is_over, "{error:?}");
        assert_eq!((bank.tokens(), stepper.prompts()), (vec!["alice".to_owned(); bob_at], 0));
    }
}
