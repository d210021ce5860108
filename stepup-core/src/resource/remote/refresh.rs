//! Keys that are fetched again: read without a lock, never by two flights at once, never too old.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use arc_swap::ArcSwap;
use reqwest::Url;
use tokio::runtime::Handle;
use tokio::sync::watch;

use super::fetch::{FetchError, HttpClient};
use super::metadata::{Metadata, discover};
use crate::clock::{Clock, Timestamp};
use crate::resource::algorithm::Algorithm;
use crate::resource::json::MAX_KEYS_BYTES;
use crate::resource::key_source::{Flight, Unfit};
use crate::resource::keys::KeySet;

/// How old keys become before they are fetched again, if they may become twice as old.
const REFRESH_AFTER: Duration = Duration::from_secs(5 * 60);
/// How often, for the whole process, a token with an unknown `kid` makes them be fetched.
const UNKNOWN_KEY_INTERVAL: Duration = Duration::from_secs(30);
/// When to try again after a fetch that failed, while the keys at hand may still be used.
const RETRY_AFTER: Duration = Duration::from_secs(30);
/// The same when they may not.
const RETRY_STALE_AFTER: Duration = Duration::from_secs(1);
/// How often a service without requests looks whether a fetch is due.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The longest that one flight takes, all its requests together. With the two before it, it makes
/// five seconds: so long after an issuer is back its keys are.
const FLIGHT_TIMEOUT: Duration = Duration::from_secs(3);

/// The keys of one issuer, from its `jwks_uri`.
pub(crate) struct RemoteKeys {
    issuer: Box<str>,
    client: HttpClient,
    clock: Arc<dyn Clock>,
    stale_limit: Duration,
    refresh_after: Duration,
    current: ArcSwap<KeySet>,
    fetched_at: AtomicU64,
    /// Before this moment nobody has to think about a fetch.
    refresh_at: AtomicU64,
    state: Mutex<State>,
}

struct State {
    jwks_uri: Url,
    rsa: Algorithm,
    /// The last flight. It is over when nobody is left to tell so.
    flight: Option<watch::Receiver<()>>,
    /// When an unknown `kid` last started a flight.
    unknown_at: Option<Timestamp>,
    /// The last flight brought nothing.
    failing: bool,
}

impl RemoteKeys {
    /// Fetches the keys for the first time.
    pub(crate) async fn fetch_first(
        issuer: &str,
        client: HttpClient,
        jwks_uri: Url,
        rsa: Algorithm,
        clock: Arc<dyn Clock>,
        stale_limit: Duration,
    ) -> Result<Arc<Self>, FetchError> {
        let keys = fetch_keys(&client, jwks_uri.clone(), rsa).await?;
        let keys = Arc::new(Self::new(issuer, client, jwks_uri, rsa, clock, stale_limit, keys));
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(look_after(Arc::downgrade(&keys)));
        }
        Ok(keys)
    }

    fn new(
        issuer: &str,
        client: HttpClient,
        jwks_uri: Url,
        rsa: Algorithm,
        clock: Arc<dyn Clock>,
        stale_limit: Duration,
        keys: KeySet,
    ) -> Self {
        let now = clock.now();
        let refresh_after = REFRESH_AFTER.min(stale_limit / 2);
        Self {
            issuer: issuer.into(),
            client,
            clock,
            stale_limit,
            refresh_after,
            current: ArcSwap::from_pointee(keys),
            fetched_at: AtomicU64::new(now.as_secs()),
            refresh_at: AtomicU64::new(now.plus(refresh_after).as_secs()),
            state: Mutex::new(State {
                jwks_uri,
                rsa,
                flight: None,
                unknown_at: None,
                failing: false,
            }),
        }
    }

    /// Reads the keys, without a lock.
    pub(crate) fn read<T>(
        self: &Arc<Self>,
        now: Timestamp,
        read: impl FnOnce(&KeySet) -> T,
    ) -> Result<T, Unfit> {
        self.check(now)?;
        Ok(read(&self.current.load()))
    }

    /// Whether the keys may be gone by. Starts a fetch in the background when one is due.
    pub(crate) fn check(self: &Arc<Self>, now: Timestamp) -> Result<(), Unfit> {
        if self.is_due(now) {
            self.refresh(now);
        }
        if self.is_stale(now) { Err(Unfit::Stale) } else { Ok(()) }
    }

    /// A moment that lies further ahead than any is ever set was set before the clock was put back:
    /// nobody knows how old the keys are. (A little further it lies for requests that began before
    /// the last flight landed.)
    fn is_due(&self, now: Timestamp) -> bool {
        let at = self.refresh_at.load(Ordering::Acquire);
        now.as_secs() >= at || at > now.plus(self.refresh_after + RETRY_AFTER).as_secs()
    }

    fn is_stale(&self, now: Timestamp) -> bool {
        now > self.fetched_at().plus(self.stale_limit)
    }

    fn fetched_at(&self) -> Timestamp {
        Timestamp::from_secs(self.fetched_at.load(Ordering::Acquire))
    }

    /// A flight to wait for, when one may help and is allowed.
    pub(crate) fn fetch(self: &Arc<Self>, unfit: Unfit, now: Timestamp) -> Option<Flight> {
        let mut state = self.state();
        // Nobody waits for an issuer that fails.
        if state.failing {
            return None;
        }
        if let Some(flight) = state.under_way() {
            return Some(landing(flight.clone()));
        }
        let allowed = match unfit {
            Unfit::Stale => self.is_due(now),
            Unfit::Unknown => state.unknown_at.is_none_or(|at| {
                // Or so long before that the clock was put back.
                now >= at.plus(UNKNOWN_KEY_INTERVAL) || at >= now.plus(UNKNOWN_KEY_INTERVAL)
            }),
        };
        if !allowed {
            // A flight may have landed since this request looked at the keys: it looks again.
            return (now <= self.fetched_at()).then(|| Box::pin(std::future::ready(())) as Flight);
        }
        if unfit == Unfit::Unknown {
            state.unknown_at = Some(now);
        }
        self.start(&mut state, now).map(landing)
    }

    fn refresh(self: &Arc<Self>, now: Timestamp) {
        let mut state = self.state();
        // Another request may have been faster, its flight over even.
        if state.under_way().is_none() && self.is_due(now) {
            self.start(&mut state, now);
        }
    }

    /// Starts a flight that nobody has to wait for and that no caller's end cuts short.
    fn start(self: &Arc<Self>, state: &mut State, now: Timestamp) -> Option<watch::Receiver<()>> {
        // Whatever becomes of the flight, nobody tries before it can be over.
        self.refresh_at.store(now.plus(FLIGHT_TIMEOUT).as_secs(), Ordering::Release);
        let runtime = Handle::try_current().ok()?;
        let (landed, flight) = watch::channel(());
        state.flight = Some(flight.clone());
        let keys = self.clone();
        runtime.spawn(async move {
            let fetched = tokio::time::timeout(FLIGHT_TIMEOUT, keys.fetch_again()).await;
            keys.land(fetched.unwrap_or(Err(FetchError::TimedOut)));
            drop(landed);
        });
        Some(flight)
    }

    async fn fetch_again(&self) -> Result<KeySet, FetchError> {
        let (jwks_uri, rsa) = {
            let state = self.state();
            (state.jwks_uri.clone(), state.rsa)
        };
        let failed = match fetch_keys(&self.client, jwks_uri.clone(), rsa).await {
            Ok(keys) => return Ok(keys),
            Err(failed) => failed,
        };
        // The issuer may have moved them.
        let Metadata { jwks_uri: moved, rsa, .. } = match discover(&self.client, &self.issuer).await
        {
            Ok(metadata) => metadata,
            Err(_) => return Err(failed),
        };
        let Some(moved) = moved.filter(|moved| *moved != jwks_uri) else { return Err(failed) };
        let keys = fetch_keys(&self.client, moved.clone(), rsa).await?;
        let mut state = self.state();
        (state.jwks_uri, state.rsa) = (moved, rsa);
        Ok(keys)
    }

    fn land(&self, fetched: Result<KeySet, FetchError>) {
        let mut state = self.state();
        match fetched {
            Ok(mut keys) => {
                let old = self.current.load_full();
                keys.keep_from(&old);
                let keys = Arc::new(keys);
                self.current.store(keys.clone());
                // Only now: whoever meets a withdrawn key finds the new set.
                old.withdraw_all_but(&keys);
                // Not before the keys are there: who read the old ones began no later.
                let now = self.clock.now();
                self.fetched_at.store(now.as_secs(), Ordering::Release);
                self.refresh_at.store(now.plus(self.refresh_after).as_secs(), Ordering::Release);
                let recovered = std::mem::take(&mut state.failing);
                drop(state);
                if recovered {
                    tracing::info!(issuer = %self.issuer, "the issuer's keys can be fetched again");
                }
            }
            Err(error) => {
                let now = self.clock.now();
                // Of keys from the future nobody knows how old they are: at least they grow older.
                self.fetched_at.fetch_min(now.as_secs(), Ordering::AcqRel);
                let stale = self.is_stale(now);
                let retry = if stale { RETRY_STALE_AFTER } else { RETRY_AFTER };
                self.refresh_at.store(now.plus(retry).as_secs(), Ordering::Release);
                state.failing = true;
                drop(state);
                tracing::warn!(
                    issuer = %self.issuer,
                    reason = %error,
                    usable = !stale,
                    "the issuer's keys cannot be fetched",
                );
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The flight that is not over. It ends with its task, however that ends: a runtime that shuts
    /// down drops it, maybe before its first step.
    fn under_way(&self) -> Option<&watch::Receiver<()>> {
        self.flight.as_ref().filter(|flight| flight.has_changed().is_ok())
    }
}

/// Resolves when the flight is over, whatever it brought.
fn landing(mut flight: watch::Receiver<()>) -> Flight {
    Box::pin(async move { while flight.changed().await.is_ok() {} })
}

/// Keeps the keys of a service fresh that has no requests, for as long as there is a gate.
async fn look_after(keys: Weak<RemoteKeys>) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let Some(keys) = keys.upgrade() else { return };
        // Its answer is the next request's concern.
        let _ = keys.check(keys.clock.now());
    }
}

async fn fetch_keys(
    client: &HttpClient,
    jwks_uri: Url,
    rsa: Algorithm,
) -> Result<KeySet, FetchError> {
    let at = format!("its `jwks_uri` {jwks_uri}");
    let json = client.get(jwks_uri, MAX_KEYS_BYTES).await;
    let keys = json.and_then(|json| KeySet::from_issuer(&json, rsa).map_err(FetchError::Keys));
    keys.map_err(|error| error.at(at))
}

impl fmt::Debug for RemoteKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteKeys").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Waker};

    use super::*;
    use crate::clock::ManualClock;
    use crate::resource::remote::Network;

    const PEM: &[u8] = b"-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----";

    /// J10: a request that looked at the keys right before a flight landed is not turned away.
    #[test]
    fn j10_who_missed_a_landing_looks_again() {
        let landed = Timestamp::from_secs(1000);
        let keys = Arc::new(RemoteKeys::new(
            "https://idp.example",
            HttpClient::new(Network::Public).unwrap(),
            Url::parse("https://idp.example/keys").unwrap(),
            Algorithm::Rs256,
            Arc::new(ManualClock::at(landed)),
            Duration::from_secs(60 * 60),
            KeySet::from_pem(Algorithm::EdDsa, PEM).unwrap(),
        ));
        keys.state().unknown_at = Some(landed);
        for unfit in [Unfit::Unknown, Unfit::Stale] {
            for (began, again) in [(999, true), (1000, true), (1001, false)] {
                let flight = keys.fetch(unfit, Timestamp::from_secs(began));
                assert_eq!(flight.is_some(), again, "{unfit:?} {began}");
                let over = flight.is_none_or(|mut flight| {
                    flight.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready()
                });
                assert!(over, "nobody waits");
            }
        }
        assert!(!keys.is_due(Timestamp::from_secs(999)), "the clock was not put back");
    }
}
