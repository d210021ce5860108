//! A source whose user changes without a word to the client: nobody acts as somebody else.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use reqwest_middleware::ClientWithMiddleware;
use stepup_client::{
    AccessToken, BoxFuture, Challenge, Dialects, Error, SourceError, StepUp, StepUpError,
    TokenSource,
};
use tokio::sync::Notify;

use crate::double::{Double, MFA, asks, done};
use crate::scripted::{Scripted, post, ready, stepped_up, with};

/// Whose login it is, and the token of it: their name.
#[derive(Clone)]
struct Session {
    user: Arc<Mutex<&'static str>>,
    /// Whether it says whose it is; if not, its token does.
    is_named: bool,
    /// Before the token of this number is given, Bob logs in.
    bob_at: usize,
    given: Arc<AtomicUsize>,
}

impl Session {
    fn of_alice(is_named: bool) -> Self {
        let user = Arc::new(Mutex::new("alice"));
        Self { user, is_named, bob_at: usize::MAX, given: Arc::default() }
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
        self.is_named.then(|| (*self.user.lock().unwrap()).to_owned())
    }
}

/// An API that wants `alice-mfa` or `bob-mfa`.
fn bank() -> Double {
    Double::start(|seen| match seen.token.as_deref() {
        Some(token) if token.ends_with("-mfa") => done(),
        _ => asks(MFA),
    })
}

fn step_up(bank: &Double, session: &Session, stepper: &Scripted) -> StepUp {
    let builder = StepUp::builder(session.clone(), stepper.clone()).origin(bank.url("/"));
    builder.build().unwrap()
}

fn client(bank: &Double, session: &Session, stepper: &Scripted) -> ClientWithMiddleware {
    with(step_up(bank, session, stepper))
}

fn is_over(error: &Error) -> bool {
    matches!(error, Error::NoToken(_) | Error::StepUp { error: StepUpError::LoggedOut, .. })
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
    for is_named in [true, false] {
        let (bank, session) = (bank(), Session::of_alice(is_named));
        let client = client(&bank, &session, &stepper(None));
        assert_eq!(post(&client, &bank.url("/")).await, Ok(200));
        assert_eq!(post(&client, &bank.url("/")).await, Ok(200));
        session.bob_logs_in();
        assert_eq!(post(&client, &bank.url("/")).await, Ok(200));
        assert_eq!(post(&client, &bank.url("/")).await, Ok(200));
        let sent = ["alice", "alice-mfa", "alice-mfa", "bob", "bob-mfa", "bob-mfa"];
        assert_eq!(bank.tokens(), sent, "{is_named}");
    }
}

#[tokio::test]
async fn b9_who_comes_while_another_is_asked_does_not_get_their_token() {
    for is_named in [true, false] {
        let (bank, session) = (bank(), Session::of_alice(is_named));
        let client = client(&bank, &session, &stepper(Some(session.clone())));
        let error = post(&client, &bank.url("/")).await.unwrap_err();
        assert!(is_over(&error), "{error:?}");
        assert_eq!(post(&client, &bank.url("/")).await, Ok(200));
        assert_eq!(bank.tokens(), ["alice", "bob", "bob-mfa"], "{is_named}");
    }
}

/// While the token of the login is fetched: for the call, and for the step-up.
#[tokio::test]
async fn b9_no_call_goes_on_with_the_login_of_somebody_else() {
    // Before the first token comes nobody is known, but by name.
    for (is_named, bob_at) in [(true, 0), (true, 1), (false, 1)] {
        let bank = bank();
        let session = Session { bob_at, ..Session::of_alice(is_named) };
        let stepper = stepper(None);
        let client = client(&bank, &session, &stepper);
        let error = post(&client, &bank.url("/")).await.unwrap_err();
        assert!(is_over(&error), "{error:?}");
        assert_eq!((bank.tokens(), stepper.prompts()), (vec!["alice".to_owned(); bob_at], 0));
    }
}

/// All of them find out that she left.
#[tokio::test]
async fn b9_calls_of_who_comes_next_do_not_end_each_other() {
    let (bank, session) = (bank(), Session::of_alice(false));
    let stepper = stepper(None);
    let client = client(&bank, &session, &stepper);
    assert_eq!(post(&client, &bank.url("/")).await, Ok(200));
    session.bob_logs_in();
    let url = bank.url("/");
    let calls = tokio::join!(post(&client, &url), post(&client, &url));
    assert_eq!(calls, (Ok(200), Ok(200)));
    let mut tokens = bank.tokens().split_off(2);
    tokens.sort();
    assert_eq!(
        (tokens, stepper.prompts()),
        (["bob", "bob", "bob-mfa", "bob-mfa"].map(String::from).to_vec(), 2)
    );
}

#[tokio::test]
async fn b9_a_step_up_ahead_is_of_who_is_logged_in_by_then() {
    for is_named in [true, false] {
        let (bank, session) = (bank(), Session::of_alice(is_named));
        let stepper = stepper(None);
        let step_up = step_up(&bank, &session, &stepper);
        let client = with(step_up.clone());
        assert_eq!(post(&client, &bank.url("/")).await, Ok(200));
        let demand = stepper.asked()[0].challenge().clone();
        assert_eq!(step_up.step_up(&bank.url("/"), &demand).await, Ok(()));
        assert_eq!(stepper.prompts(), 1);
        session.bob_logs_in();
        assert_eq!(step_up.step_up(&bank.url("/"), &demand).await, Ok(()));
        assert_eq!(stepper.prompts(), 2);
        assert_eq!(post(&client, &bank.url("/")).await, Ok(200));
        assert_eq!(bank.tokens().last().unwrap(), "bob-mfa");
    }
}

/// Alice's token takes its time, and Bob's does not.
#[tokio::test]
async fn b9_a_token_that_comes_late_ends_nothing_of_who_came_meanwhile() {
    let bank = bank();
    let given = Arc::new(AtomicUsize::new(0));
    let late = Arc::new(Notify::new());
    let (of_source, of_late) = (given.clone(), late.clone());
    let source = move || {
        let (number, late) = (of_source.fetch_add(1, Ordering::SeqCst), of_late.clone());
        async move {
            // For a call, its step-up, and the token of that.
            match number {
                0..3 => Ok(AccessToken::bearer("alice")),
                3 => {
                    late.notified().await;
                    Ok(AccessToken::bearer("alice"))
                }
                _ => Ok(AccessToken::bearer("bob")),
            }
        }
    };
    let step_up = StepUp::builder(source, stepper(None)).origin(bank.url("/")).build().unwrap();
    let (client, url) = (with(step_up), bank.url("/"));
    assert_eq!(post(&client, &url).await, Ok(200));
    let bobs = async {
        while given.load(Ordering::SeqCst) < 4 {
            tokio::task::yield_now().await;
        }
        let first = post(&client, &url).await;
        late.notify_one();
        first
    };
    let (alices, first) = tokio::join!(post(&client, &url), bobs);
    assert!(is_over(&alices.unwrap_err()));
    assert_eq!(first, Ok(200));
    assert_eq!(post(&client, &url).await, Ok(200));
    assert_eq!(bank.tokens(), ["alice", "alice-mfa", "bob", "bob-mfa", "bob-mfa"]);
}

/// Whose name is known once they are asked for it.
#[derive(Clone, Default)]
struct Lazy {
    next: Arc<Mutex<Vec<&'static str>>>,
    user: Arc<Mutex<Option<&'static str>>>,
}

impl TokenSource for Lazy {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, SourceError>> {
        let mut user = self.user.lock().unwrap();
        let user = *user.get_or_insert_with(|| self.next.lock().unwrap().pop().unwrap());
        Box::pin(std::future::ready(Ok(AccessToken::bearer(user))))
    }

    fn session(&self) -> Option<String> {
        self.user.lock().unwrap().map(str::to_owned)
    }
}

#[tokio::test]
async fn b9_who_is_known_by_the_time_that_there_is_a_token_has_not_logged_out() {
    let (bank, source) = (bank(), Lazy::default());
    source.next.lock().unwrap().extend(["carol", "bob", "alice"]);
    let builder = StepUp::builder(source.clone(), stepper(None)).origin(bank.url("/"));
    let step_up = builder.build().unwrap();
    let client = with(step_up.clone());
    for _ in 0..2 {
        assert_eq!(post(&client, &bank.url("/")).await, Ok(200));
        *source.user.lock().unwrap() = None;
    }
    step_up.forget();
    assert_eq!(post(&client, &bank.url("/")).await, Ok(200));
    assert_eq!(bank.tokens(), ["alice", "alice-mfa", "bob", "bob-mfa", "carol", "carol-mfa"]);
}

/// Before anybody is named, this one's token takes its time.
#[derive(Clone, Default)]
struct Unnamed {
    user: Arc<Mutex<Option<&'static str>>>,
    late: Arc<Notify>,
    given: Arc<AtomicUsize>,
}

impl TokenSource for Unnamed {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, SourceError>> {
        let number = self.given.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            if number == 0 {
                self.late.notified().await;
                return Ok(AccessToken::bearer("alice"));
            }
            let user = *self.user.lock().unwrap();
            user.map(AccessToken::bearer).ok_or_else(|| SourceError::new("nobody is logged in"))
        })
    }

    fn session(&self) -> Option<String> {
        self.user.lock().unwrap().map(str::to_owned)
    }
}

/// Nobody was named when she began, and by the time that her token is there Bob is.
#[tokio::test]
async fn b9_what_began_before_anybody_was_named_is_not_of_who_is_named_first() {
    for is_ahead in [false, true] {
        let (bank, source, stepper) = (bank(), Unnamed::default(), stepper(None));
        let builder = StepUp::builder(source.clone(), stepper.clone()).origin(bank.url("/"));
        let step_up = builder.build().unwrap();
        let (client, url) = (with(step_up.clone()), bank.url("/"));
        let bobs = async {
            while source.given.load(Ordering::SeqCst) == 0 {
                tokio::task::yield_now().await;
            }
            *source.user.lock().unwrap() = Some("bob");
            let bobs = post(&client, &url).await;
            source.late.notify_one();
            bobs
        };
        let alices = async {
            let line = format!(r#"Bearer error="insufficient_user_authentication", {MFA}"#);
            let demand = Challenge::from_line(&line, Dialects::default()).unwrap().unwrap();
            match is_ahead {
                true => step_up.step_up(&url, &demand).await,
                false => post(&client, &url).await.map(drop),
            }
        };
        let (alices, bobs) = tokio::join!(alices, bobs);
        assert!(is_over(&alices.unwrap_err()), "{is_ahead}");
        assert_eq!((bobs, stepper.prompts()), (Ok(200), 1));
        assert_eq!(bank.tokens(), ["bob", "bob-mfa"], "{is_ahead}");
    }
}

/// Whoever comes next may well have been who was meant, but not after a logout.
#[tokio::test]
async fn b9_what_began_before_a_logout_is_not_of_who_comes_next() {
    let (bank, given) = (bank(), Arc::new(AtomicUsize::new(0)));
    let late = Arc::new(Notify::new());
    let (of_source, of_late) = (given.clone(), late.clone());
    let source = move || {
        let (number, late) = (of_source.fetch_add(1, Ordering::SeqCst), of_late.clone());
        async move {
            if number == 0 {
                late.notified().await;
            }
            Ok(AccessToken::bearer("bob"))
        }
    };
    let step_up = StepUp::builder(source, stepper(None)).origin(bank.url("/")).build().unwrap();
    let (client, url) = (with(step_up.clone()), bank.url("/"));
    let bobs = async {
        while given.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        step_up.forget();
        let bobs = post(&client, &url).await;
        late.notify_one();
        bobs
    };
    let (alices, bobs) = tokio::join!(post(&client, &url), bobs);
    assert!(is_over(&alices.unwrap_err()));
    assert_eq!(bobs, Ok(200));
    assert_eq!(bank.tokens(), ["bob", "bob-mfa"]);
}
