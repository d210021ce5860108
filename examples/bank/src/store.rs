//! Where the authority remembers.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions};
use stepup_authority::store::{MemoryStore, RedisStore, SqlStore, Store};

use crate::options::Place;
use crate::{StartError, files};

/// For the disk of a laptop that does something else as well; a service that has other instances
/// to ask is better off with the default, a fraction of a second.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// The store and, where it is a file, the connections to be closed in the end.
type Opened = Result<(Arc<dyn Store>, Option<SqlitePool>), StartError>;

pub(crate) async fn open(place: &Place) -> Opened {
    let opened = match place {
        Place::Memory => Ok((Arc::new(MemoryStore::new()) as _, None)),
        Place::Sqlite(path) => {
            files::create(path)?;
            sqlite(path).await
        }
        Place::Postgres(url) => postgres(url).await,
        Place::Redis(url) => redis(url).await,
    };
    Ok(opened.map_err(|error| format!("the store cannot be used: {error}; look at --store"))?)
}

async fn sqlite(path: &Path) -> Opened {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .busy_timeout(PATIENCE);
    let pool = SqlitePoolOptions::new().acquire_timeout(PATIENCE).connect_with(options).await?;
    Ok((Arc::new(SqlStore::from_sqlite(pool.clone()).await?), Some(pool)))
}

async fn postgres(url: &str) -> Opened {
    Ok((Arc::new(SqlStore::builder(url).patience(PATIENCE).open().await?), None))
}

async fn redis(url: &str) -> Opened {
    let store = RedisStore::builder(url).namespace("bank").patience(PATIENCE).open().await?;
    Ok((Arc::new(store), None))
}
