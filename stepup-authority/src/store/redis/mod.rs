//! Records in Redis.

mod address;
mod builder;
mod fault;
mod link;
mod reply;
mod script;
mod server;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use stepup_core::{Clock as _, SystemClock, Timestamp};

pub use self::builder::RedisStoreBuilder;
use self::fault::Fault;
use self::link::Link;
use self::script::{Call, Script, Scripts};
use super::key::Key;
use super::record::{Change, Commit, Epoch, Snapshot, Write};
use super::{Store, StoreError, StoreFuture};
use crate::random::random;

/// How much longer than it counts a record is kept: two services, ten minutes ahead and ten behind,
/// still find what the other wrote.
const SLACK: Duration = Duration::from_secs(20 * 60);

/// Keeps everything in Redis 7 or later: one server, or a primary with replicas that one name or
/// address leads to. A cluster is refused.
///
/// Every operation is one script. It also compares which server it runs on, and since when that
/// has been a primary, with what stands in the record of the epoch; a fail-over, a restart and
/// `FLUSHALL` therefore begin a new [epoch](Epoch), in which proofs in progress have to be begun
/// again. So does, once and needlessly, the last replica's being away for an hour. What Redis
/// cannot tell: while a network is torn, two primaries may each take the same code; and which
/// recovery codes, removed factors and counted answers were among the writes that were lost (of
/// authenticator codes, none from before then is taken). A signing key that was
/// [withdrawn](crate::Issuer::rotate_now_and_withdraw) just before may be back too: withdraw it
/// again. Where that matters, PostgreSQL loses none.
///
/// Redis throws away by itself what need not be kept, 20 minutes later than it might, and
/// [`sweep`](Store::sweep) always says 0. With `appendonly yes` enrolled factors survive a restart;
/// without it, users come back as such who never enrolled any, and whoever knows a password may
/// enrol the first: let the service alone do that
/// ([`FirstEnrolment::ByService`](crate::FirstEnrolment::ByService)).
///
/// An answer that does not come within the store's [patience](RedisStoreBuilder::patience) is
/// [`Unavailable`](StoreError::Unavailable). Nothing is sent twice; a connection that failed is made
/// anew by whoever comes next.
///
/// ```
/// use stepup_authority::store::{RedisStore, StoreError};
///
/// async fn store() -> Result<RedisStore, StoreError> {
///     RedisStore::builder("redis://127.0.0.1/").open().await
/// }
/// ```
pub struct RedisStore {
    link: Link,
    scripts: Scripts,
    namespace: Box<str>,
    /// Whether a record of an epoch was ever seen: one that is gone then was lost.
    seen: AtomicBool,
}

impl RedisStore {
    /// Begins with where Redis is: `redis://…`, `rediss://…` (TLS) or `unix:…`, with user, password
    /// and database as in `rediss://user:password@redis.example:6379/0`.
    ///
    /// ```no_run
    /// # async fn example(password: &str) -> Result<(), stepup_authority::store::StoreError> {
    /// use stepup_authority::store::RedisStore;
    /// let url = format!("rediss://:{password}@redis.example/");
    /// let store = RedisStore::builder(&url).namespace("orders").open().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn builder(url: &str) -> RedisStoreBuilder {
        RedisStoreBuilder::new(url)
    }

    /// All below one hash tag. A record's key has a colon, so it is never the epoch's.
    fn keys<'a>(&self, keys: impl Iterator<Item = &'a Key>) -> Vec<String> {
        let name = |key: &str| format!("{{{}}}:{key}", self.namespace);
        std::iter::once(name("epoch")).chain(keys.map(|key| name(key.as_str()))).collect()
    }

    fn call<'a>(&self, script: &'a Script, keys: Vec<String>) -> Result<Call<'a>, StoreError> {
        let mut call = Call::new(script, keys);
        call.arg(u64::from_be_bytes(random()?).to_string());
        call.arg(if self.seen.load(Ordering::Relaxed) { "1" } else { "0" });
        call.arg(SystemClock.now().as_secs().to_string());
        Ok(call)
    }

    async fn read_now(&self, keys: &[Key]) -> Result<Snapshot, StoreError> {
        let call = self.call(&self.scripts.read, self.keys(keys.iter()))?;
        let snapshot = self.link.run(&call, |value| reply::snapshot(value, keys.len())).await;
        let snapshot = snapshot.map_err(Fault::in_use)?;
        self.seen.store(true, Ordering::Relaxed);
        Ok(snapshot)
    }

    async fn commit_now(&self, epoch: Epoch, changes: &[Change]) -> Result<Commit, StoreError> {
        let keys = self.keys(changes.iter().map(|change| &change.key));
        let mut call = self.call(&self.scripts.commit, keys)?;
        call.arg(reply::epoch_text(epoch));
        let now = SystemClock.now();
        for Change { read, write, .. } in changes {
            call.arg(read.map(reply::revision_bytes).map_or_else(Vec::new, Vec::from));
            let (what, value, seconds) = match write {
                Write::Keep => ("", Vec::new(), String::new()),
                Write::Put { revision, value, keep_until } => {
                    let seconds = keep_until.map(|until| seconds_to_live(until, now));
                    ("put", reply::record_bytes(*revision, value), seconds.unwrap_or_default())
                }
                Write::Remove => ("remove", Vec::new(), String::new()),
            };
            call.arg(what);
            call.arg(value);
            call.arg(seconds);
        }
        let commit = self.link.run(&call, reply::commit).await.map_err(Fault::in_use)?;
        self.seen.store(true, Ordering::Relaxed);
        Ok(commit)
    }
}

/// A span, not a moment: how Redis's clock stands does not matter.
fn seconds_to_live(keep_until: Timestamp, now: Timestamp) -> String {
    (keep_until.seconds_since(now) + SLACK.as_secs()).to_string()
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").field("namespace", &self.namespace).finish_non_exhaustive()
    }
}

impl Store for RedisStore {
    fn read<'a>(&'a self, keys: &'a [Key]) -> StoreFuture<'a, Snapshot> {
        Box::pin(self.read_now(keys))
    }

    fn commit<'a>(&'a self, epoch: Epoch, changes: &'a [Change]) -> StoreFuture<'a, Commit> {
        Box::pin(self.commit_now(epoch, changes))
    }

    fn sweep(&self, _before: Timestamp, _limit: usize) -> StoreFuture<'_, usize> {
        Box::pin(std::future::ready(Ok(0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S5: never shorter than what it holds is good for, by a clock ten minutes off either.
    #[test]
    fn s5_a_record_outlives_what_it_holds() {
        let now = Timestamp::from_secs(1_800_000_000);
        for (valid, expected) in [(0, 1200), (1, 1201), (600, 1800), (86_400, 87_600)] {
            let until = now.plus(Duration::from_secs(valid));
            assert_eq!(seconds_to_live(until, now), expected.to_string());
        }
        let behind = Timestamp::from_secs(now.as_secs() - 600);
        assert_eq!(seconds_to_live(behind, now), "1200");
        assert_eq!(seconds_to_live(Timestamp::MAX, now), "251602301999");
    }
}
