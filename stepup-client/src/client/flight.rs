//! One step-up, for which any number of calls wait together.

use std::collections::HashMap;
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

#[derive(Debug, Default)]
pub(super) struct Flights(HashMap<(String, Challenge), WeakShared<Outcome>>);

type Outcome = BoxFuture<'static, Result<Kept, Error>>;

impl Flights {
    /// The one that is under way for this, or the one that begins now.
    fn join(
        &mut self,
        origin: &str,
        challenge: &Challenge,
        begin: impl FnOnce() -> Outcome,
    ) -> Flight {
        let under_way = |flight: &WeakShared<Outcome>| {
            flight.upgrade().filter(|flight| flight.peek().is_none())
        };
        let key = (origin.to_owned(), challenge.clone());
        if let Some(flight) = self.0.get(&key).and_then(under_way) {
            return flight;
        }
        self.0.retain(|_, flight| under_way(flight).is_some());
        let flight = begin().shared();
        self.0.extend(flight.downgrade().map(|weak| (key, weak)));
        flight
    }
}

impl Inner {
    /// A token for this that is no older than `since`.
    pub(super) fn step_up(
        self: &Arc<Self>,
        origin: &str,
        challenge: &Challenge,
        reason: Option<String>,
        since: Instant,
    ) -> Flight {
        let begin = || {
            let (inner, origin, challenge) = (self.clone(), origin.to_owned(), challenge.clone());
            async move { inner.fly(origin, challenge, reason, since).await }.boxed()
        };
        lock(&self.flights).join(origin, challenge, begin)
    }

    async fn fly(
        &self,
        origin: String,
        challenge: Challenge,
        reason: Option<String>,
        since: Instant,
    ) -> Result<Kept, Error> {
        // A person can answer one question at a time.
        let _turn = self.turn.lock().await;
        // Meanwhile another may have brought what this needs.
        let kept = lock(&self.wallet).meeting(&origin, &challenge, Instant::now());
        if let Some(kept) = kept.filter(|kept| kept.got >= since) {
            return Ok(kept);
        }
        if !lock(&self.step_ups).count(&origin, self.per_minute, Instant::now()) {
            return Err(Error::TooManyStepUps { challenge, origin });
        }
        let base = self.source.token().await.map_err(Error::NoToken)?;
        tracing::debug!(%origin, %challenge, "a step-up begins");
        let asked = Asked { challenge, origin, reason, base, time_limit: self.time_limit };
        let answer = timeout(self.time_limit, self.stepper.step_up(&asked)).await;
        let Asked { challenge, origin, .. } = asked;
        match answer.unwrap_or(Err(StepUpError::TimedOut)) {
            Ok(stepped_up) => {
                tracing::debug!(%origin, "the step-up is done");
                let mut wallet = lock(&self.wallet);
                Ok(wallet.keep(&origin, &challenge, stepped_up, Instant::now()))
            }
            Err(error) => {
                tracing::debug!(%origin, %error, "the step-up failed");
                Err(Error::StepUp { challenge, error })
            }
        }
    }
}
