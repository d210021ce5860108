//! The client: which token is sent, and what is done about a challenge.

mod attempt;
mod builder;
mod call;
mod flight;
mod limit;
#[cfg(feature = "middleware")]
mod middleware;
mod wallet;

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;
use url::Url;

pub use self::builder::StepUpBuilder;
use self::flight::Flights;
use self::limit::StepUps;
use self::wallet::Wallet;
use crate::challenge::{Challenge, Dialects};
use crate::error::Error;
use crate::origin::origin;
use crate::source::{SourceError, TokenSource};
use crate::stepper::Stepper;
use crate::token::AccessToken;

/// Why a call ends that was begun in a login before.
const LOGGED_OUT: &str =
    "the user logged out meanwhile, or their token was renewed and its source names no `session`";

/// Makes calls that go through a step-up where the API asks for one.
///
/// It is of one user: make one for each session, and drop it, or [`forget`](Self::forget), when they
/// log out. Clones share everything.
///
/// With the feature `middleware` it makes a `reqwest` [`client`](Self::client); for any other stack
/// there is [`call`](Self::call). The rules are the same:
///
/// * A token goes to the configured origins and nowhere else; a stepped-up one only to the origin
///   that asked. No redirect is followed. A request that carries `Authorization` already is sent as
///   it is.
/// * Of several tokens the one that was got for least is sent: the login's, unless the same
///   address asked for more before.
/// * A request is sent again once after a step-up. Asked again, the call ends with
///   [`Error::StillAsked`].
/// * Calls that need the same wait for the same step-up, and people are asked one thing at a time.
///   A step-up is a task of its own on Tokio's runtime: it goes on while no call that waits for it is
///   polled, and ends with the last of them.
///
/// ```
/// use stepup_client::{AccessToken, Stepper, StepUp};
///
/// fn client(stepper: impl Stepper) -> Result<StepUp, stepup_client::BuildError> {
///     let login = AccessToken::bearer("2YotnFZFEjr1zCsicMWpAA");
///     StepUp::builder(login, stepper).origin("https://api.example").build()
/// }
/// ```
#[derive(Clone)]
pub struct StepUp {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    source: Box<dyn TokenSource>,
    stepper: Box<dyn Stepper>,
    origins: HashSet<String>,
    dialects: Dialects,
    time_limit: Duration,
    per_minute: usize,
    wallet: Mutex<Wallet>,
    flights: Mutex<Flights>,
    step_ups: Mutex<StepUps>,
    turn: tokio::sync::Mutex<()>,
    /// Grows with each step-up that is cancelled.
    cancelled: watch::Sender<u64>,
    login: watch::Sender<Login>,
    /// What the source called it last.
    session: Mutex<Option<String>>,
}

/// Who is logged in, as far as it is told from who was before.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
struct Login {
    number: u64,
    /// How many are known to have ended: others gave way to somebody of whom nothing was known.
    logouts: u64,
}

/// Who was logged in when something began.
#[derive(Clone, Copy)]
struct Began {
    login: Login,
    /// Whether the source said whose login it is.
    is_named: bool,
}

impl StepUp {
    /// A client that sends the tokens of this source, and of what this stepper brings. It needs
    /// one [`origin`](StepUpBuilder::origin) at least.
    ///
    /// ```
    /// use stepup_client::{AccessToken, SourceError, Stepper, StepUp, StepUpBuilder};
    ///
    /// fn builder(stepper: impl Stepper) -> StepUpBuilder {
    ///     StepUp::builder(|| async { Err(SourceError::new("nobody is logged in")) }, stepper)
    /// }
    /// ```
    pub fn builder(source: impl TokenSource, stepper: impl Stepper) -> StepUpBuilder {
        StepUpBuilder::new(Box::new(source), Box::new(stepper))
    }

    /// Has the user step up ahead of a call: one whose body can be sent only once, and that ended
    /// with [`Error::NotReplayable`]. Made anew, it is sent the token of this step-up. Who showed as
    /// much before, and not too long ago, is not asked again.
    ///
    /// # Errors
    ///
    /// As of a call.
    ///
    /// ```
    /// use stepup_client::{Error, StepUp};
    ///
    /// async fn before_another_try(client: &StepUp, error: &Error) -> Result<(), Error> {
    ///     match error {
    ///         Error::NotReplayable { challenge, .. } => {
    ///             client.step_up("https://api.example/uploads", challenge).await
    ///         }
    ///         error => Err(error.clone()),
    ///     }
    /// }
    /// ```
    pub async fn step_up(&self, address: &str, challenge: &Challenge) -> Result<(), Error> {
        let url = Url::parse(address).map_err(|_| Error::ForeignOrigin)?;
        let origin = self.trusted(&url).ok_or(Error::ForeignOrigin)?;
        let login = self.inner.known_login().await.map_err(Error::NoToken)?;
        let now = Instant::now();
        if lock(&self.inner.wallet).meeting(&origin, challenge, now).is_some() {
            return Ok(());
        }
        self.inner.step_up(&origin, challenge, None, now, login).await.map(drop)
    }

    /// Gives the step-up up that is in progress, or that was interrupted, as the user does who has
    /// a button for it: the calls that wait for it end with
    /// [`StepUpError::Cancelled`](crate::StepUpError::Cancelled), and an authority hears of it
    /// before this returns, if it can be reached. Other step-ups that wait for their turn go on.
    ///
    /// ```
    /// async fn on_escape(client: &stepup_client::StepUp) {
    ///     client.cancel().await;
    /// }
    /// ```
    pub async fn cancel(&self) {
        self.inner.cancelled.send_modify(|count| *count += 1);
        self.inner.stepper.cancel().await;
    }

    /// Forgets every token of a step-up, as when the user logs out. Step-ups end, and calls that
    /// are under way send no token any more: they end with
    /// [`StepUpError::LoggedOut`](crate::StepUpError::LoggedOut) or [`Error::NoToken`]. What is
    /// begun at an authority ends there by itself, or by [`cancel`](Self::cancel) before this.
    ///
    /// It happens by itself, at the next call, where the source gives another token, or names
    /// another [`session`](crate::TokenSource::session) if it names any.
    ///
    /// ```
    /// fn log_out(client: &stepup_client::StepUp) {
    ///     client.forget();
    /// }
    /// ```
    pub fn forget(&self) {
        self.inner.end(1);
    }

    fn trusted(&self, url: &Url) -> Option<String> {
        Some(origin(url)).filter(|origin| self.inner.origins.contains(origin))
    }
}

impl Inner {
    fn end(&self, logouts: u64) {
        self.begin(&mut lock(&self.wallet), None, logouts);
        self.stepper.forget();
    }

    /// Another login, of which nothing is known but its token.
    fn begin(&self, wallet: &mut Wallet, token: Option<&AccessToken>, logouts: u64) {
        self.login.send_modify(|login| {
            login.number += 1;
            login.logouts += logouts;
        });
        wallet.forget_all();
        wallet.base = token.cloned();
    }

    fn began(&self) -> Began {
        self.notice_session();
        let is_named = self.names_session();
        Began { login: *self.login.borrow(), is_named }
    }

    /// The login's token, and whose it is, for what has sent nothing since it began.
    async fn enter(&self, began: Began) -> Result<(AccessToken, Login), SourceError> {
        let token = self.source.token().await?;
        let now = self.began();
        let login = if began.is_named || !now.is_named {
            self.login_of(&token, began.login)
        } else {
            // Nobody said whose it is: it is theirs who are named now, if it is what they send.
            let again = self.source.token().await?;
            let is_theirs = again == token && began.login.logouts == now.login.logouts;
            Some(now.login).filter(|login| is_theirs && self.began().login == *login)
        };
        login.map(|login| (token, login)).ok_or_else(|| SourceError::new(LOGGED_OUT))
    }

    /// The login that this token is of, which was asked for in that one; `None` if that is over.
    fn login_of(&self, token: &AccessToken, asked: Login) -> Option<Login> {
        self.notice_session();
        let names_session = self.names_session();
        let (login, is_another) = {
            let mut wallet = lock(&self.wallet);
            let login = *self.login.borrow();
            if names_session {
                return (login == asked).then_some(login);
            }
            // Another call may have brought the same token by now.
            let is_known = wallet.base.as_ref() == Some(token);
            if login != asked && (!is_known || login.logouts != asked.logouts) {
                return None;
            }
            let is_another = wallet.base.is_some() && !is_known;
            if is_another {
                self.begin(&mut wallet, Some(token), 0);
            } else {
                wallet.base = Some(token.clone());
            }
            (*self.login.borrow(), is_another)
        };
        if is_another {
            self.stepper.forget();
        }
        Some(login)
    }

    /// Of who is logged in now, by their token where the source does not say it.
    async fn known_login(&self) -> Result<Login, SourceError> {
        let began = self.began();
        if began.is_named {
            return Ok(began.login);
        }
        self.enter(began).await.map(|(_, login)| login)
    }

    fn names_session(&self) -> bool {
        lock(&self.session).is_some()
    }

    /// Another user's tokens are not sent, whoever forgot to say that they came.
    fn notice_session(&self) {
        let mut session = lock(&self.session);
        let now = self.source.session();
        if *session != now {
            // Who is named only now may be who was meant before: they have not logged out.
            let logouts = u64::from(session.is_some());
            *session = now;
            self.end(logouts);
        }
    }
}

impl fmt::Debug for StepUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StepUp").field("origins", &self.inner.origins).finish_non_exhaustive()
    }
}

/// What is behind these locks is whole between any two statements.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
