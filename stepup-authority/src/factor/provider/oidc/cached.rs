//! What is fetched when it is first needed, and anew when it is old.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::known::Unknown;
use crate::factor::provider::http::Unreached;

/// How long it is gone by without a look.
const FRESH: Duration = Duration::from_secs(60 * 60);

/// How long it is gone by that cannot be fetched again.
const USABLE: Duration = Duration::from_secs(2 * 60 * 60);

/// What is at hand and not enough is fetched again no more often.
const PAUSE: Duration = Duration::from_secs(30);

/// How long one waits for what is new while something old would do: the answer has to be redeemed
/// in the time that is left.
const GLANCE: Duration = Duration::from_secs(1);

pub(super) struct Cached<T> {
    at_hand: Mutex<Option<Fetched<T>>>,
    /// Held by who fetches; and when that was last done beside something at hand.
    fetching: tokio::sync::Mutex<Option<Instant>>,
}

struct Fetched<T> {
    at: Instant,
    value: Arc<T>,
}

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self { at_hand: Mutex::default(), fetching: tokio::sync::Mutex::default() }
    }
}

impl<T> Cached<T> {
    /// One fetches, and who has nothing that would do waits for that meanwhile; the others go by
    /// what is at hand.
    pub(super) async fn get(
        &self,
        deadline: Instant,
        would_do: impl Fn(&T) -> bool + Send,
        fetch: impl Future<Output = Result<T, Unknown>> + Send,
    ) -> Result<Arc<T>, Unknown> {
        let late = |_| Unknown::Unreached(Unreached::InTime);
        let that_does = |span| self.within(span).filter(|value| would_do(value));
        if let Some(value) = that_does(FRESH) {
            return Ok(value);
        }
        let mut fetched_at = match (that_does(USABLE), self.fetching.try_lock()) {
            (_, Ok(fetching)) => fetching,
            (Some(old), Err(_)) => return Ok(old),
            (None, Err(_)) => timeout_at(deadline, self.fetching.lock()).await.map_err(late)?,
        };
        // It may have been fetched meanwhile.
        if let Some(value) = that_does(FRESH) {
            return Ok(value);
        }
        let old = self.within(USABLE);
        if let Some(old) = &old {
            if fetched_at.is_some_and(|at| at.elapsed() < PAUSE) {
                return Ok(old.clone());
            }
            *fetched_at = Some(Instant::now());
        }
        let is_glance = old.as_deref().is_some_and(&would_do);
        let until = if is_glance { deadline.min(Instant::now() + GLANCE) } else { deadline };
        match timeout_at(until, fetch).await.map_err(late).and_then(|fetched| fetched) {
            Ok(value) => Ok(self.keep(value)),
            Err(why) => old.ok_or(why),
        }
    }

    fn within(&self, span: Duration) -> Option<Arc<T>> {
        let at_hand = self.at_hand.lock().unwrap_or_else(PoisonError::into_inner);
        let fetched = at_hand.as_ref().filter(|fetched| fetched.at.elapsed() < span)?;
        Some(fetched.value.clone())
    }

    fn keep(&self, value: T) -> Arc<T> {
        let fetched = Fetched { at: Instant::now(), value: Arc::new(value) };
        let mut at_hand = self.at_hand.lock().unwrap_or_else(PoisonError::into_inner);
        at_hand.insert(fetched).value.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use tokio::task::JoinSet;
    use tokio::time::advance;

    use super::*;

    const OLD: Duration = Duration::from_secs(90 * 60);

    fn soon() -> Instant {
        Instant::now() + Duration::from_millis(4_500)
    }

    async fn holding(value: u8) -> Cached<u8> {
        let cached = Cached::default();
        assert_eq!(*cached.get(soon(), |_| true, ready(Ok(value))).await.unwrap(), value);
        cached
    }

    #[tokio::test(start_paused = true)]
    async fn f12_while_nothing_new_is_to_be_had_the_old_does_at_once() {
        let cached = Arc::new(holding(1).await);
        advance(OLD).await;
        let begun = Instant::now();
        let mut waiting = JoinSet::new();
        for _ in 0..20 {
            let cached = cached.clone();
            waiting.spawn(async move {
                assert_eq!(*cached.get(soon(), |_| true, pending()).await.unwrap(), 1);
                begun.elapsed()
            });
        }
        let took = waiting.join_all().await;
        assert_eq!(took.iter().filter(|took| !took.is_zero()).count(), 1, "{took:?}");
        assert!(took.iter().all(|took| *took < GLANCE * 2), "{took:?}");
        // Nor does anybody wait in the half minute that follows.
        let begun = Instant::now();
        assert_eq!(*cached.get(soon(), |_| true, pending()).await.unwrap(), 1);
        assert!(begun.elapsed().is_zero());
        advance(PAUSE).await;
        assert_eq!(*cached.get(soon(), |_| true, ready(Ok(2))).await.unwrap(), 2);
        // Not for ever.
        advance(USABLE).await;
        let gone = cached.get(soon(), |_| true, ready(Err(Unknown::Keys))).await;
        assert_eq!(gone, Err(Unknown::Keys));
    }

    #[tokio::test(start_paused = true)]
    async fn who_needs_what_is_not_at_hand_waits_for_who_fetches_it() {
        let cached = holding(1).await;
        let is_two = |value: &u8| *value == 2;
        let slow = async {
            tokio::time::sleep(Duration::from_secs(3)).await;
            Ok(2)
        };
        let none = || async { panic!("it is fetched once") };
        let (one, two, others) = tokio::join!(
            cached.get(soon(), is_two, slow),
            cached.get(soon(), is_two, none()),
            cached.get(soon(), |_| true, none()),
        );
        assert_eq!((*one.unwrap(), *two.unwrap(), *others.unwrap()), (2, 2, 1));
        // What is not there either is not looked for over and over.
        let missing = cached.get(soon(), |value| *value == 3, none()).await;
        assert_eq!(*missing.unwrap(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn who_has_nothing_is_told_in_time() {
        let cached = Cached::<u8>::default();
        let begun = Instant::now();
        let wait = async |seconds| {
            let deadline = begun + Duration::from_secs(seconds);
            (cached.get(deadline, |_| true, pending()).await, begun.elapsed().as_secs())
        };
        let late = Err(Unknown::Unreached(Unreached::InTime));
        assert_eq!(tokio::join!(wait(4), wait(2)), ((late.clone(), 4), (late, 2)));
    }
}
