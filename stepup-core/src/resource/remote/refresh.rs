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

/// How old keys become before they are fetched again.
const REFRESH_AFTER: Duration = Duration::from_secs(5 * 60);
/// How often, for the whole process, a token with an unknown `kid` makes them be fetched.
const UNKNOWN_KEY_INTERVAL: Duration = Duration::from_secs(30);
/// When to try again after a fetch that failed, while the keys at hand may still be used.
const RETRY_AFTER: Duration = Duration::from_secs(30);
/// The same when they may not.
const RETRY_STALE_AFTER: Duration = Duration::from_secs(2);
/// How often a service without requests looks whether a fetch is due.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// The longest that one flight takes, all its requests together.
const FLIGHT_TIMEOUT: Duration = Duration::from_secs(5);

/// The keys of one issuer, from its `jwks_uri`.
pub(crate) struct RemoteKeys {
    issuer: Box<str>,
    client: HttpClient,
    clock: Arc<dyn Clock>,
    stale_limit: Duration,
    current: ArcSwap<KeySet>,
    fetched_at: AtomicU64,
    /// Before this moment nobody has to think about a fetch.
    refresh_at: AtomicU64,
    state: Mutex<State>,
}

struct State {
    jwks_uri: Url,
    rsa: Algorithm,
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
        let now = clock.now();
        let keys = Arc::new(Self {
            issuer: issuer.into(),
            client,
            clock,
            stale_limit,
            current: ArcSwap::from_pointee(keys),
            fetched_at: AtomicU64::new(now.as_secs()),
            refresh_at: AtomicU64::new(now.plus(REFRESH_AFTER).as_secs()),
            state: Mutex::new(State {
                jwks_uri,
                rsa,
                flight: None,
                unknown_at: None,
                failing: false,
            }),
        });
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(look_after(Arc::downgrade(&keys)));
        }
        Ok(keys)
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
        let fetched_at = Timestamp::from_secs(self.fetched_at.load(Ordering::Acquire));
        // A clock that was put back says nothing of how old the keys are.
        if now.as_secs() >= self.refresh_at.load(Ordering::Acquire) || now < fetched_at {
            self.refresh(now);
        }
        if now > fetched_at.plus(self.stale_limit) { Err(Unfit::Stale) } else { Ok(()) }
    }

    /// A flight to wait for, when one may help and is allowed.
    pub(crate) fn fetch(self: &Arc<Self>, unfit: Unfit, now: Timestamp) -> Option<Flight> {
        let mut state = self.state();
        if let Some(flight) = &state.flight {
            // Nobody waits for an issuer that fails.
            return (!state.failing).then(|| landing(flight.clone()));
        }
        let allowed = match unfit {
            Unfit::Stale => now.as_secs() >= self.refresh_at.load(Ordering::Acquire),
            Unfit::Unknown => {
                state.unknown_at.is_none_or(|at| now < at || now >= at.plus(UNKNOWN_KEY_INTERVAL))
            }
        };
        if state.failing || !allowed {
            return None;
        }
        if unfit == Unfit::Unknown {
            state.unknown_at = Some(now);
        }
        self.start(&mut state, now).map(landing)
    }

    fn refresh(self: &Arc<Self>, now: Timestamp) {
        let mut state = self.state();
        // Another request may have been faster.
        if state.flight.is_none() {
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
            let aboard = Aboard(keys);
            let fetched = tokio::time::timeout(FLIGHT_TIMEOUT, aboard.0.fetch_again()).await;
            aboard.0.land(fetched.unwrap_or(Err(FetchError::TimedOut)));
            drop((aboard, landed));
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
        let now = self.clock.now();
        let mut state = self.state();
        match fetched {
            Ok(mut keys) => {
                let old = self.current.load_full();
                keys.keep_from(&old);
                let keys = Arc::new(keys);
                self.current.store(keys.clone());
                // Only now: whoever meets a withdrawn key finds the new set.
                old.withdraw_all_but(&keys);
                self.fetched_at.store(now.as_secs(), Ordering::Release);
                self.refresh_at.store(now.plus(REFRESH_AFTER).as_secs(), Ordering::Release);
                if std::mem::take(&mut state.failing) {
                    tracing::info!(issuer = %self.issuer, "the issuer's keys can be fetched again");
                }
            }
            Err(error) => {
                let fetched_at = Timestamp::from_secs(self.fetched_at.load(Ordering::Acquire));
                let stale = now > fetched_at.plus(self.stale_limit);
                let retry = if stale { RETRY_STALE_AFTER } else { RETRY_AFTER };
                self.refresh_at.store(now.plus(retry).as_secs(), Ordering::Release);
                tracing::warn!(
                    issuer = %self.issuer,
                    reason = %error,
                    usable = !stale,
                    "the issuer's keys cannot be fetched",
                );
                state.failing = true;
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends a flight however it ends, a runtime that shuts down included: the next may start.
struct Aboard(Arc<RemoteKeys>);

impl Drop for Aboard {
    fn drop(&mut self) {
        self.0.state().flight = None;
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
    let json = client.get(jwks_uri, MAX_KEYS_BYTES).await?;
    KeySet::from_issuer(&json, rsa).map_err(FetchError::Keys)
}

impl fmt::Debug for RemoteKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteKeys").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}
