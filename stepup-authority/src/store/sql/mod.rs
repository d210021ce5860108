//! Records in SQLite and PostgreSQL.

mod builder;
mod error;
mod lease;
#[cfg(feature = "postgres")]
mod postgres;
mod rows;
mod schema;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::fmt;

use stepup_core::Timestamp;

pub use self::builder::SqlStoreBuilder;
use super::key::Key;
use super::record::{Change, Commit, Epoch, Snapshot};
use super::{Store, StoreError, StoreFuture};

/// Keeps everything in SQLite (feature `sqlite`), for services of one machine, or in PostgreSQL
/// (feature `postgres`), for any number of instances.
///
/// What is `Done` is on disk: SQLite runs with `synchronous = FULL`, and a PostgreSQL with
/// `synchronous_commit = off` is refused. PostgreSQL has to be 12 or later and the primary, for a
/// standby shows what may no longer be so. The tables, whose names begin with `stepup_`, are made
/// and brought up to date when the store is opened.
///
/// After a fail-over to a standby that had not received everything, or after an old backup was
/// put back, a code that was used may look unused. Then begin another epoch before the service
/// starts again, so that no proof in progress goes on:
///
/// ```sql
/// UPDATE stepup_epoch SET id = id + 1, writes_lost_at = extract(epoch FROM now());
/// -- SQLite: … writes_lost_at = unixepoch();
/// ```
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), stepup_authority::store::StoreError> {
/// # #[cfg(feature = "sqlite")] {
/// use stepup_authority::store::SqlStore;
///
/// let store = SqlStore::open("sqlite::memory:").await?;
/// # }
/// # Ok(())
/// # }
/// ```
pub struct SqlStore(Database);

/// The two differ in how they lock, so in their statements too; not in their tables.
enum Database {
    #[cfg(feature = "postgres")]
    Postgres(postgres::Postgres),
    #[cfg(feature = "sqlite")]
    Sqlite(sqlite::Sqlite),
}

impl SqlStore {
    /// Opens the database at a URL, over at most ten connections; [`SqlStore::builder`] sets
    /// that and more.
    ///
    /// * `sqlite:PATH`: a file, made if it is not there, which only its owner may read;
    /// * `sqlite::memory:`: a database of this store alone, gone with it;
    /// * `postgres://USER:PASSWORD@HOST/DATABASE`, with `?sslmode=verify-full` unless the server
    ///   is on this machine.
    ///
    /// # Errors
    ///
    /// [`StoreError::Refused`] for what has to be put right first: the URL, the rights of the
    /// user, tables of a newer version, a standby. [`StoreError::Unavailable`] if the server does
    /// not answer. No error shows the URL, for it holds the password.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), stepup_authority::store::StoreError> {
    /// use stepup_authority::store::SqlStore;
    /// let store = SqlStore::open("postgres://bank@db.internal/bank?sslmode=verify-full").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        Self::builder(url).open().await
    }

    /// Begins with where the database is, as in [`SqlStore::open`], for what is set beside it.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), stepup_authority::store::StoreError> {
    /// use std::time::Duration;
    /// use stepup_authority::store::SqlStore;
    ///
    /// let url = "postgres://bank@db.internal/bank?sslmode=verify-full";
    /// let store =
    ///     SqlStore::builder(url).connections(4).patience(Duration::from_secs(1)).open().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn builder(url: &str) -> SqlStoreBuilder {
        SqlStoreBuilder::new(url)
    }

    /// Uses a pool that the service has already. Its connections need `synchronous = FULL`, which
    /// is checked on one; a short `acquire_timeout` and `busy_timeout` are advised.
    ///
    /// # Errors
    ///
    /// As [`SqlStore::open`].
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # #[cfg(feature = "sqlite")] {
    /// use sqlx::sqlite::SqlitePoolOptions;
    /// use stepup_authority::store::SqlStore;
    ///
    /// let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
    /// let store = SqlStore::from_sqlite(pool).await?;
    /// # }
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "sqlite")]
    pub async fn from_sqlite(pool: sqlx::SqlitePool) -> Result<Self, StoreError> {
        Ok(Self(Database::Sqlite(sqlite::from_pool(pool).await?)))
    }

    /// Uses a pool that the service has already. A short `acquire_timeout`, and a
    /// `statement_timeout` of a quarter of a second on its connections, are advised.
    ///
    /// # Errors
    ///
    /// As [`SqlStore::open`].
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use stepup_authority::store::SqlStore;
    ///
    /// let pool = sqlx::PgPool::connect("postgres://bank@localhost/bank").await?;
    /// let store = SqlStore::from_postgres(pool).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "postgres")]
    pub async fn from_postgres(pool: sqlx::PgPool) -> Result<Self, StoreError> {
        Ok(Self(Database::Postgres(postgres::from_pool(pool).await?)))
    }

    /// Lets go of the database, once what is being done is done: at the end of a service. SQLite's is
    /// then one file again. Who uses the store afterwards is told that it is
    /// [`Unavailable`](StoreError::Unavailable).
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), stepup_authority::store::StoreError> {
    /// # #[cfg(feature = "sqlite")] {
    /// use stepup_authority::store::SqlStore;
    ///
    /// let store = SqlStore::open("sqlite::memory:").await?;
    /// store.close().await;
    /// # }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn close(&self) {
        match &self.0 {
            #[cfg(feature = "postgres")]
            Database::Postgres(database) => database.close().await,
            #[cfg(feature = "sqlite")]
            Database::Sqlite(database) => database.close().await,
        }
    }
}

impl fmt::Debug for SqlStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SqlStore")
            .field(match self.0 {
                #[cfg(feature = "postgres")]
                Database::Postgres(_) => &"PostgreSQL",
                #[cfg(feature = "sqlite")]
                Database::Sqlite(_) => &"SQLite",
            })
            .finish()
    }
}

macro_rules! on_each {
    ($store:expr, $database:ident => $operation:expr) => {
        match &$store.0 {
            #[cfg(feature = "postgres")]
            Database::Postgres($database) => Box::pin($operation),
            #[cfg(feature = "sqlite")]
            Database::Sqlite($database) => Box::pin($operation),
        }
    };
}

impl Store for SqlStore {
    fn read<'a>(&'a self, keys: &'a [Key]) -> StoreFuture<'a, Snapshot> {
        on_each!(self, database => database.read(keys))
    }

    fn commit<'a>(&'a self, epoch: Epoch, changes: &'a [Change]) -> StoreFuture<'a, Commit> {
        on_each!(self, database => database.commit(epoch, changes))
    }

    fn sweep(&self, before: Timestamp, limit: usize) -> StoreFuture<'_, usize> {
        on_each!(self, database => database.sweep(before, limit))
    }
}
