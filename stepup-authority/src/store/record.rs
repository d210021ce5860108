//! What a store takes and gives.

use std::fmt;

use stepup_core::Timestamp;

use super::StoreError;
use super::key::Key;
use crate::random::random;

/// Which writing of a record it is: random, so that none comes back.
///
/// ```
/// use stepup_authority::store::{Revision, StoreError};
/// assert_ne!(Revision::new()?, Revision::new()?);
/// # Ok::<(), StoreError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision(u64);

impl Revision {
    /// One that no record had before.
    ///
    /// # Errors
    ///
    /// The operating system gives no random numbers.
    ///
    /// ```
    /// use stepup_authority::store::Revision;
    /// assert_ne!(Revision::new()?, Revision::new()?);
    /// # Ok::<(), stepup_authority::store::StoreError>(())
    /// ```
    pub fn new() -> Result<Self, StoreError> {
        // 63 bits: a column of SQL holds no more.
        Ok(Self(u64::from_be_bytes(random()?) >> 1))
    }

    /// One that was stored.
    ///
    /// ```
    /// use stepup_authority::store::Revision;
    /// assert_eq!(Revision::from_u64(7), Revision::from_u64(7));
    /// ```
    #[must_use]
    pub const fn from_u64(number: u64) -> Self {
        Self(number & (u64::MAX >> 1))
    }

    /// At most 2⁶³ − 1.
    ///
    /// ```
    /// assert_eq!(stepup_authority::store::Revision::from_u64(7).as_u64(), 7);
    /// ```
    #[must_use]
    pub const fn as_u64(self) -> u64 {
        self.0
    }
}

/// A stretch of a store's life in which no write was lost. Proofs in progress do not outlive it:
/// what would stop one from being used twice may be among what was lost.
///
/// ```
/// use stepup_authority::store::Epoch;
/// assert_eq!(Epoch::first(7).writes_lost_at(), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Epoch {
    id: u64,
    writes_lost_at: Option<Timestamp>,
}

impl Epoch {
    /// The first of a store, by a random number.
    ///
    /// ```
    /// let epoch = stepup_authority::store::Epoch::first(7);
    /// ```
    #[must_use]
    pub const fn first(id: u64) -> Self {
        Self { id, writes_lost_at: None }
    }

    /// One that began when writes may have been lost: a server took over that was not up to date,
    /// or one came back without what it had in memory.
    ///
    /// ```
    /// use stepup_authority::store::Epoch;
    /// use stepup_core::Timestamp;
    /// let epoch = Epoch::after_loss(8, Timestamp::from_secs(1_800_000_000));
    /// assert!(epoch.writes_lost_at().is_some());
    /// ```
    #[must_use]
    pub const fn after_loss(id: u64, at: Timestamp) -> Self {
        Self { id, writes_lost_at: Some(at) }
    }

    /// The random number.
    ///
    /// ```
    /// assert_eq!(stepup_authority::store::Epoch::first(7).id(), 7);
    /// ```
    #[must_use]
    pub const fn id(self) -> u64 {
        self.id
    }

    /// When writes may have been lost, if ever.
    ///
    /// ```
    /// assert_eq!(stepup_authority::store::Epoch::first(7).writes_lost_at(), None);
    /// ```
    #[must_use]
    pub const fn writes_lost_at(self) -> Option<Timestamp> {
        self.writes_lost_at
    }
}

/// What stood under a key.
///
/// ```
/// use stepup_authority::store::{Record, Revision};
/// let record = Record { revision: Revision::new()?, value: b"data".to_vec() };
/// # Ok::<(), stepup_authority::store::StoreError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "stores of users' own make them")]
pub struct Record {
    /// Which writing of it.
    pub revision: Revision,
    /// What was written.
    pub value: Vec<u8>,
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record").field("revision", &self.revision).finish_non_exhaustive()
    }
}

/// What was read.
///
/// ```
/// use stepup_authority::store::{Epoch, Snapshot};
/// let nothing = Snapshot { epoch: Epoch::first(7), records: vec![None] };
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "stores of users' own make them")]
pub struct Snapshot {
    /// The store's epoch.
    pub epoch: Epoch,
    /// One for each key that was asked for, in that order.
    pub records: Vec<Option<Record>>,
}

/// One record's part of a commit.
///
/// ```
/// use stepup_authority::store::{Change, Key, Kind, Write};
/// let still_missing = Change { key: Key::of(Kind::Account, &["alice"]), read: None, write: Write::Keep };
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "stores of users' own take them apart")]
pub struct Change {
    /// Which record.
    pub key: Key,
    /// Which writing of it was read; `None`: there was none.
    pub read: Option<Revision>,
    /// What becomes of it.
    pub write: Write,
}

/// What becomes of a record.
///
/// ```
/// use stepup_authority::store::{Revision, Write};
/// let put = Write::Put { revision: Revision::new()?, value: b"data".to_vec(), keep_until: None };
/// # Ok::<(), stepup_authority::store::StoreError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "complete: a store has to do each")]
pub enum Write {
    /// Nothing: it has only to be what was read.
    Keep,
    /// It is written anew.
    Put {
        /// Which writing of it this is.
        revision: Revision,
        /// Its bytes.
        value: Vec<u8>,
        /// When it may be thrown away; `None`: never.
        keep_until: Option<Timestamp>,
    },
    /// It is removed.
    Remove,
}

impl fmt::Debug for Write {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keep => "Keep",
            Self::Put { .. } => "Put",
            Self::Remove => "Remove",
        })
    }
}

/// How a commit went.
///
/// ```
/// use stepup_authority::store::Commit;
/// fn is_to_be_read_again(commit: Commit) -> bool {
///     commit == Commit::Conflict
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
#[expect(clippy::exhaustive_enums, reason = "complete: it happened or it did not")]
pub enum Commit {
    /// Nothing was changed: a record, or the epoch, is no longer what was read.
    Conflict,
    /// All of it was changed.
    Done,
}
