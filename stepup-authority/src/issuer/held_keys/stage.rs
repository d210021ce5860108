//! Instances of an issuer on a store that can be away, in tests.

#![cfg(test)]

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::Value;
use stepup_core::{Algorithm, Gate, ManualClock};
use tokio::sync::Barrier;

use super::super::{Issuer, Login, SigningKeys};
use super::*;
use crate::sealing::SealingKeys;
use crate::store::{Change, Commit, Epoch, Key, MemoryStore, Snapshot, Store, StoreFuture};

pub(super) const NOW: u64 = 1_800_000_000;
pub(super) const ISSUER: &str = "https://login.example";
pub(super) const AUDIENCE: &str = "https://api.example";
pub(super) const MINUTE: u64 = 60;
pub(super) const HOUR: u64 = 60 * MINUTE;
pub(super) const DAY: u64 = 24 * HOUR;

/// A store that can be away, and counts how often it is read.
#[derive(Debug, Default)]
pub(super) struct Flaky {
    pub(super) store: MemoryStore,
    pub(super) away: AtomicBool,
    pub(super) reads: AtomicUsize,
    /// One for each of the next reads, which return when all who are to meet there have read.
    pub(super) meetings: std::sync::Mutex<Vec<Arc<Barrier>>>,
}

impl Flaky {
    /// The next so many reads see the same.
    pub(super) fn let_meet(&self, readers: usize) {
        let meeting = Arc::new(Barrier::new(readers));
        self.meetings.lock().unwrap().extend(std::iter::repeat_n(meeting, readers));
    }

    pub(super) fn check<T: Send + 'static>(&self) -> Option<StoreFuture<'_, T>> {
        let away = Err(StoreError::Unavailable("away".to_owned()));
        self.away.load(Ordering::SeqCst).then(|| Box::pin(std::future::ready(away)) as _)
    }
}

impl Store for Flaky {
    fn read<'a>(&'a self, keys: &'a [Key]) -> StoreFuture<'a, Snapshot> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        let read = self.check().unwrap_or_else(|| self.store.read(keys));
        let Some(meeting) = self.meetings.lock().unwrap().pop() else { return read };
        Box::pin(async move {
            let found = read.await;
            meeting.wait().await;
            found
        })
    }

    fn commit<'a>(&'a self, epoch: Epoch, changes: &'a [Change]) -> StoreFuture<'a, Commit> {
        self.check().unwrap_or_else(|| self.store.commit(epoch, changes))
    }

    fn sweep(&self, before: Timestamp, limit: usize) -> StoreFuture<'_, usize> {
        self.store.sweep(before, limit)
    }
}

/// What several instances share.
pub(super) struct Scene {
    pub(super) store: Arc<Flaky>,
    pub(super) sealing: Arc<SealingKeys>,
}

/// One instance, with a clock of its own.
pub(super) struct Instance {
    pub(super) issuer: Issuer,
    pub(super) gate: Gate,
    pub(super) clock: Arc<ManualClock>,
}

impl Scene {
    pub(super) fn new() -> Self {
        let sealing = Arc::new(SealingKeys::generate().unwrap());
        Self { store: Arc::default(), sealing }
    }

    pub(super) async fn open(
        &self,
        keys: SigningKeys,
        now: u64,
    ) -> Result<Instance, crate::StartError> {
        let clock = Arc::new(ManualClock::at(Timestamp::from_secs(now)));
        let issuer = Issuer::builder(ISSUER, AUDIENCE).keys(keys).clock(clock.clone());
        let issuer = issuer.open(self.store.clone(), self.sealing.clone()).await?;
        let gate = issuer.gate().build().unwrap();
        Ok(Instance { issuer, gate, clock })
    }
}

impl Instance {
    pub(super) fn at(&self, seconds: u64) -> &Self {
        self.clock.set(Timestamp::from_secs(seconds));
        self
    }

    pub(super) async fn login(&self) -> Result<String, super::super::LoginError> {
        let day = Duration::from_secs(DAY);
        self.issuer.issue_login(Login::of("alice").lifetime(day)).await
    }

    /// What the task in the background does now and then.
    pub(super) async fn look(&self) {
        let _ = self.issuer.0.keys.current().await;
    }

    pub(super) async fn published(&self) -> Vec<String> {
        let jwks: Value = serde_json::from_slice(&self.issuer.jwks().await.unwrap()).unwrap();
        let keys = jwks["keys"].as_array().unwrap();
        keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
    }
}

pub(super) async fn passes(gate: &Gate, token: &str) -> bool {
    let request = http::Request::get("/").header("authorization", format!("Bearer {token}"));
    gate.verify(&request.body(()).unwrap()).await.is_ok()
}

pub(super) fn kid(token: &str) -> String {
    let header = token.split('.').next().unwrap();
    let header = base64_simd::URL_SAFE_NO_PAD.decode_to_vec(header).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

pub(super) fn daily() -> SigningKeys {
    SigningKeys::in_store(Algorithm::EdDsa)
        .rotate_every(Duration::from_secs(DAY))
        .publish_ahead(Duration::from_secs(6 * MINUTE))
}
