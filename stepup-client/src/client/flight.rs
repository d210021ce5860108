//! One step-up, for which any number of calls wait together.

use std::collections::{HashMap, VecDeque};
use std::panic::resume_unwind;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::{Shared, WeakShared};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, timeout};
use tracing::Instrument as _;

use super::wallet::Kept;
use super::{Inner, Login, lock};
use crate::challenge::Challenge;
use crate::error::Error;
use crate::source::BoxFuture;
use crate::stepper::{Asked, StepUpError};
use crate::token::SteppedUp;

/// A task, so that it goes on though nobody polls those who wait for it: else one of them that
/// stands still would hold up everybody's. It ends with the last who waits.
pub(super) type Flight = Shared<Outcome>;

type Outcome = BoxFuture<'static, Result<Kept, Error>>;

/// What a flight is for: the API, what it asks for, and whose login it is.
type Purpose = (String, Challenge, Login);

#[derive(Debug, Default)]
pub(super) struct Flights {
    under_way: HashMap<Purpose, (AbortHandle, WeakShared<Outcome>)>,
    failed: VecDeque<(Purpose, Instant, Error)>,
}

/// More than are asked for at once.
const MOST_FAILED: usize = 32;

impl Flights {
    /// The one that is under way for this, or the one that begins now.
    fn join(&mut self, purpose: Purpose, begin: impl FnOnce() -> Outcome) -> Flight {
        let under_way = |(task, flight): &(AbortHandle, WeakShared<Outcome>)| {
            flight.upgrade().filter(|_| !task.is_finished())
        };
        if let Some(flight) = self.under_way.get(&purpose).and_then(under_way) {
            return flight;
        }
        self.under_way.retain(|_, flight| under_way(flight).is_some());
        // A set of one: it ends its tasks when it is dropped.
        let mut tasks = JoinSet::new();
        let task = tasks.spawn(begin().in_current_span());
        let challenge = purpose.1.clone();
        let flight = async move {
            match tasks.join_next().await {
                Some(Ok(flown)) => flown,
                Some(Err(error)) if error.is_panic() => resume_unwind(error.into_panic()),
                // The runtime ends.
                _ => Err(Error::StepUp { challenge, error: StepUpError::Cancelled }),
            }
        };
        let flight = flight.boxed().shared();
        self.under_way.extend(flight.downgrade().map(|weak| (purpose, (task, weak))));
        flight
    }

    fn fail(&mut self, purpose: Purpose, error: &Error) {
        if self.failed.len() == MOST_FAILED {
            self.failed.pop_front();
        }
        self.failed.push_back((purpose, Instant::now(), error.clone()));
    }

    /// How one for this ended, if it did after that moment.
    fn failed_since(&self, purpose: &Purpose, since: Instant) -> Option<Error> {
        let mut ended = self.failed.iter().rev().filter(|(of, at, _)| of == purpose && *at > since);
        ended.next().map(|(.., error)| error.clone())
    }
}

impl Inner {
    /// A token for this that is no older than `since`, of the login that it was then.
    pub(super) fn step_up(
        self: &Arc<Self>,
        origin: &str,
        challenge: &Challenge,
        reason: Option<String>,
        since: Instant,
        login: Login,
    ) -> Flight {
        let purpose = (origin.to_owned(), challenge.clone(), login);
        let begin = || {
            let (inner, purpose) = (self.clone(), purpose.clone());
            async move {
                // Who was under way when the user said no does not have them asked again.
                let failed = lock(&inner.flights).failed_since(&purpose, since);
                failed.map_or(Ok(()), Err)?;
                let flown = inner.fly(&purpose, reason, since).await;
                if let Err(error) = &flown {
                    lock(&inner.flights).fail(purpose, error);
                }
                flown
            }
            .boxed()
        };
        lock(&self.flights).join(purpose.clone(), begin)
    }

    async fn fly(
        &self,
        purpose: &Purpose,
        reason: Option<String>,
        since: Instant,
    ) -> Result<Kept, Error> {
        let (origin, challenge, login) = purpose;
        let ended = |error| Error::StepUp { challenge: challenge.clone(), error };
        // A person can answer one question at a time.
        let _turn = self.turn.lock().await;
        let mut logins = self.login.subscribe();
        let mut cancelled = self.cancelled.subscribe();
        let is_over = || *self.login.borrow() != *login;
        if is_over() {
            return Err(ended(StepUpError::LoggedOut));
        }
        // Meanwhile another may have brought what this needs.
        let kept = lock(&self.wallet).meeting(origin, challenge, Instant::now());
        if let Some(kept) = kept.filter(|kept| kept.got >= since) {
            return Ok(kept);
        }
        let answer = tokio::select! {
            biased;
            _ = logins.wait_for(|now| now != login) => Err(ended(StepUpError::LoggedOut)),
            _ = cancelled.changed() => Err(ended(StepUpError::Cancelled)),
            answer = timeout(self.time_limit, self.ask(purpose, reason)) => {
                answer.unwrap_or_else(|_| Err(ended(StepUpError::TimedOut)))
            }
        };
        self.notice_session();
        let answer = answer.and_then(|stepped_up| {
            let mut wallet = lock(&self.wallet);
            if is_over() {
                return Err(ended(StepUpError::LoggedOut));
            }
            Ok(wallet.keep(origin, challenge, stepped_up, Instant::now()))
        });
        match &answer {
            Ok(_) => tracing::debug!(%origin, "the step-up is done"),
            Err(Error::StepUp { error, .. }) => {
                tracing::debug!(%origin, why = error.kind(), "the step-up failed");
            }
            Err(_) => {}
        }
        if matches!(answer, Err(Error::StepUp { error: StepUpError::LoggedOut, .. })) {
            // It may have gone on for a moment after it was told to.
            self.stepper.forget();
        }
        answer
    }

    async fn ask(
        &self,
        (origin, challenge, login): &Purpose,
        reason: Option<String>,
    ) -> Result<SteppedUp, Error> {
        let ended = |error| Error::StepUp { challenge: challenge.clone(), error };
        let base = self.source.token().await.map_err(Error::NoToken)?;
        if self.login_of(&base, *login) != Some(*login) {
            return Err(ended(StepUpError::LoggedOut));
        }
        let (challenge, origin) = (challenge.clone(), origin.clone());
        if !lock(&self.step_ups).count(&origin, self.per_minute, Instant::now()) {
            return Err(Error::TooManyStepUps { challenge, origin });
        }
        tracing::debug!(%origin, "a step-up begins");
        let asked = Asked { challenge, origin, reason, base, time_limit: self.time_limit };
        self.stepper.step_up(&asked).await.map_err(ended)
    }
}
