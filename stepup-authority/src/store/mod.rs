//! Where the authority remembers: ceremonies, accounts, counters and keys.
//!
//! A store is a map of small records with a revision each, and one operation that changes several
//! of them at once, if all of them still are what they were when they were read. Everything that
//! must happen together (a code used up, a counter reset, a token granted) is one [`commit`]; what
//! may happen at all is decided outside, in one place for all stores.
//!
//! [`commit`]: Store::commit

#[cfg(feature = "conformance")]
pub mod conformance;
mod key;
mod memory;
#[cfg(any(feature = "redis", feature = "sqlite", feature = "postgres"))]
mod patience;
mod record;
#[cfg(feature = "redis")]
mod redis;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod sql;

use std::fmt;
use std::pin::Pin;

use stepup_core::Timestamp;

pub use self::key::{Key, Kind};
pub use self::memory::MemoryStore;
pub use self::record::{Change, Commit, Epoch, Record, Revision, Snapshot, Write};
#[cfg(feature = "redis")]
pub use self::redis::{RedisStore, RedisStoreBuilder};
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub use self::sql::{SqlStore, SqlStoreBuilder};

/// What a store's operations return.
///
/// ```
/// use stepup_authority::store::{StoreError, StoreFuture};
/// fn away() -> StoreFuture<'static, usize> {
///     Box::pin(std::future::ready(Err(StoreError::Unavailable("no connection".to_owned()))))
/// }
/// ```
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// A place for records. [`MemoryStore`] and, behind features, `SqlStore` and `RedisStore` are
/// built in; `store::conformance` (feature `conformance`) tests one of your own.
///
/// A store knows nothing of what it keeps: keys are digests, values are bytes. It has no clock
/// that counts: [`Write::Put::keep_until`] is when a record may be thrown away, and whether it is
/// still good is decided by whoever reads it.
///
/// ```
/// use stepup_authority::store::{Change, Commit, Key, Kind, MemoryStore, Revision, Store, Write};
///
/// # async fn example() -> Result<(), stepup_authority::store::StoreError> {
/// let store = MemoryStore::new();
/// let keys = [Key::of(Kind::Account, &["https://idp.example", "alice"])];
/// let before = store.read(&keys).await?;
/// let [key] = keys;
/// let change = Change {
///     key,
///     read: before.records[0].as_ref().map(|record| record.revision),
///     write: Write::Put { revision: Revision::new()?, value: b"data".to_vec(), keep_until: None },
/// };
/// assert_eq!(store.commit(before.epoch, &[change]).await?, Commit::Done);
/// # Ok(())
/// # }
/// ```
pub trait Store: fmt::Debug + Send + Sync + 'static {
    /// What stands under each of these keys, in their order, and the store's epoch.
    ///
    /// Each record is one that was committed whole; two records need not be of one moment. It
    /// must come from where commits are made, not from a replica that may lag behind.
    fn read<'a>(&'a self, keys: &'a [Key]) -> StoreFuture<'a, Snapshot>;

    /// Makes all of these changes, or, where the epoch is another or one record is no longer what
    /// was read, none of them.
    ///
    /// The keys are distinct. What is `Done` stays done, within what the store promises about
    /// failures. An error leaves open whether the changes were made.
    fn commit<'a>(&'a self, epoch: Epoch, changes: &'a [Change]) -> StoreFuture<'a, Commit>;

    /// Throws away records that need not be kept since `before`, at most `limit`, and says how
    /// many. A store that does this by itself returns 0.
    fn sweep(&self, before: Timestamp, limit: usize) -> StoreFuture<'_, usize>;
}

/// Why a store does not do what it was asked.
///
/// ```
/// use stepup_authority::store::StoreError;
/// let error = StoreError::Unavailable("connection refused".to_owned());
/// assert_eq!(error.to_string(), "the store cannot be reached: connection refused");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreError {
    /// It has no room for another record. Nothing is thrown away that still counts.
    Full,
    /// It is not fit to be used at all; said when it is opened.
    Refused(String),
    /// It does not answer, or not in time, or not with what it should.
    Unavailable(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("the store is full"),
            Self::Refused(reason) => write!(f, "the store is refused: {reason}"),
            Self::Unavailable(reason) => write!(f, "the store cannot be reached: {reason}"),
        }
    }
}

impl std::error::Error for StoreError {}
