//! The kinds of store, and what is asked of each.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sqlx::{Connection as _, Executor as _, PgConnection};
use stepup_authority::store::{RedisStore, SqlStore, Store};
use stepup_tests::servers::postgres::Postgres;
use stepup_tests::servers::redis::Redis;

use crate::Failure;

/// Filling it may take long.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// A kind of store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "private to the workspace")]
pub enum StoreKind {
    /// In the process.
    Memory,
    /// A server of its own, with an append-only file, on disk every second.
    Redis,
    /// A server of its own, on disk with every commit.
    Postgres,
    /// The same, which leaves it to the system when something is on disk: what takes time other
    /// than the disk.
    Unsynced,
    /// A file, on disk with every commit.
    Sqlite,
}

impl StoreKind {
    /// The one in memory first: what others leave behind would be in its figures.
    pub const ALL: [Self; 5] =
        [Self::Memory, Self::Redis, Self::Postgres, Self::Unsynced, Self::Sqlite];

    /// By its name in small letters.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.to_string().eq_ignore_ascii_case(name))
    }

    pub(super) const fn rate(self) -> u32 {
        match self {
            Self::Memory | Self::Redis => 200,
            Self::Postgres | Self::Unsynced | Self::Sqlite => 50,
        }
    }

    /// Whether a commit is on disk before it is done.
    pub(super) const fn waits_for_disk(self) -> bool {
        matches!(self, Self::Postgres | Self::Sqlite)
    }

    /// The most milliseconds that 99 of 100 proofs may take.
    pub(super) const fn bar(self) -> Option<f64> {
        match self {
            Self::Memory => Some(5.0),
            Self::Redis => Some(10.0),
            Self::Postgres | Self::Unsynced => Some(25.0),
            Self::Sqlite => None,
        }
    }

    pub(super) fn start(self) -> Result<Option<Server>, Failure> {
        Ok(match self {
            Self::Memory => None,
            // It would write its file anew right after it was filled.
            Self::Redis => Some(Server::Redis(Redis::with(&[
                "--appendonly",
                "yes",
                "--auto-aof-rewrite-percentage",
                "0",
            ]))),
            Self::Postgres => Some(Server::Postgres(Postgres::start_with(&["fsync=on"]))),
            Self::Unsynced => Some(Server::Postgres(Postgres::start())),
            Self::Sqlite => {
                let name = format!("stepup-benches-{}", std::process::id());
                let folder = std::env::temp_dir().join(name);
                std::fs::create_dir(&folder)?;
                Some(Server::Sqlite(folder))
            }
        })
    }
}

impl fmt::Display for StoreKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Memory => "memory",
            Self::Redis => "Redis",
            Self::Postgres => "Postgres",
            Self::Unsynced => "Postgres-unsynced",
            Self::Sqlite => "SQLite",
        })
    }
}

/// What keeps the records, outside of this process.
pub(super) enum Server {
    Redis(Redis),
    Postgres(Postgres),
    Sqlite(PathBuf),
}

impl Server {
    /// As anybody opens it, unless it has to be patient.
    pub(super) async fn open(&self, patience: Option<Duration>) -> Result<Arc<dyn Store>, Failure> {
        let sql = async |url: &str| {
            let builder = SqlStore::builder(url);
            let builder = match patience {
                Some(patience) => builder.patience(patience),
                None => builder,
            };
            Ok::<Arc<dyn Store>, Failure>(Arc::new(builder.open().await?))
        };
        match self {
            Self::Redis(server) => {
                let builder = RedisStore::builder(&server.url());
                let builder = match patience {
                    Some(patience) => builder.patience(patience),
                    None => builder,
                };
                Ok(Arc::new(builder.open().await?))
            }
            Self::Postgres(server) => sql(&server.url()).await,
            Self::Sqlite(folder) => sql(&format!("sqlite:{}", folder.join("db").display())).await,
        }
    }
}

impl Server {
    /// Lets it finish what comes of being filled so fast: a commit would wait for the disk behind
    /// hundreds of megabytes.
    pub(super) async fn settle(&self) -> Result<(), Failure> {
        if let Self::Postgres(server) = self {
            let mut connection = PgConnection::connect(&server.url()).await?;
            connection.execute("VACUUM ANALYZE").await?;
            connection.execute("CHECKPOINT").await?;
            connection.close().await?;
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Self::Sqlite(folder) = self {
            // Left behind if it cannot be removed: it is for temporary files.
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}
