//! One step-up, for which any number of calls wait together.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::{Shared, WeakShared};
use tokio::time::{Instant, timeout};

use super::wallet::Kept;
use super::{Inner, lock};
use crate::challenge::Challenge;
use crate::error::Error;
use crate::source::BoxFuture;
use crate::stepper::{Asked, StepUpError};

/// Goes on for as long as anybody waits for it, and is dropped with the last.
pub(super) type Flight = Shared<BoxFuture<'static, Result<Kept, Error>>>;

type Outcome = BoxFuture<'static, Result<Kept, Error>>;

/// What a flight is for: the API, what it asks for, and whose login it is.
type Purpose = (String, Challenge, u64);

#[derive(Debug, Default)]
pub(super) struct Flights {
    under_way: HashMap<Purpose, WeakShared<Outcome>>,
    failed: VecDeque<(Purpose, Instant, Error)>,
}

/// More than are asked for at once.
const MOST_FAILED: usize = 32;

impl Flights {
    /// The one that is under way for this, or the one that begins now.
    fn join(&mut self, purpose: Purpose, begin: impl FnOnce() -> Outcome) -> Flight {
        let under_way = |flight: &WeakShared<Outcome>| {
            flight.upgrade().filter(|flight| flight.peek().is_none())
        };
        if let Some(flight) = self.under_way.get(&purpose).and_then(under_way) {
            return flight;
        }
        self.under_way.retain(|_, flight| under_way(flight).is_some());
        let flight = begin().shared();
        self.under_way.extend(flight.downgrade().map(|weak| (purpose, weak)));
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
        login: u64,
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
        (origin, challenge, login): &Purpose,
        reason: Option<String>,
        since: Instant,
    ) -> Result<Kept, Error> {
        let ended = |error| Error::StepUp { challenge: challenge.clone(), error };
        // A person can answer one question at a time.
        let _turn = self.turn.lock().await;
        let mut logins = self.login.subscribe();
        let mut cancelled = self.cancelled.subscribe();
        if *logins.borrow() != *login {
            return Err(ended(StepUpError::LoggedOut));
        }
        // Meanwhile another may have brought what this needs.
        let kept = lock(&self.wallet).meeting(origin, challenge, Instant::now());
        if let Some(kept) = kept.filter(|kept| kept.got >= since) {
            return Ok(kept);
        }
        if !lock(&self.step_ups).count(origin, self.per_minute, Instant::now()) {
            let (challenge, origin) = (challenge.clone(), origin.clone());
            return Err(Error::TooManyStepUps { challenge, origin });
        }
        let base = self.source.token().await.map_err(Error::NoToken)?;
        tracing::debug!(%origin, "a step-up begins");
        let (challenge, origin) = (challenge.clone(), origin.clone());
        let asked = Asked { challenge, origin, reason, base, time_limit: self.time_limit };
        let answer = tokio::select! {
            biased;
            _ = logins.wait_for(|now| now != login) => Err(StepUpError::LoggedOut),
            _ = cancelled.changed() => Err(StepUpError::Cancelled),
            answer = timeout(self.time_limit, self.stepper.step_up(&asked)) => {
                answer.unwrap_or(Err(StepUpError::TimedOut))
            }
        };
        let Asked { challenge, origin, .. } = &asked;
        let answer = answer.and_then(|stepped_up| {
            let mut wallet = lock(&self.wallet);
            if *self.login.borrow() != *login {
                return Err(StepUpError::LoggedOut);
            }
            Ok(wallet.keep(origin, challenge, stepped_up, Instant::now()))
        });
        match &answer {
            Ok(_) => tracing::debug!(%origin, "the step-up is done"),
            Err(error) => tracing::debug!(%origin, why = error.kind(), "the step-up failed"),
        }
        answer.map_err(ended)
    }
}
