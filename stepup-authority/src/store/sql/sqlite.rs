//! SQLite: one writer at a time, so a commit looks and then writes.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, Error};
use stepup_core::Timestamp;
use tokio::sync::Mutex as Turns;

use super::error::{failed, refused};
use super::lease::Lease;
use super::rows::{Put, Row, signed, snapshot};
use super::schema;
use crate::store::{Change, Commit, Epoch, Key, Snapshot, StoreError, Write};

/// At least, for another process may be making the tables.
const WAIT_AT_START: Duration = Duration::from_secs(5);

/// The keys are one parameter, a list as JSON, so that any number of them is one statement.
const READ: &str = "\
SELECT record.revision, record.value, epoch.id, epoch.writes_lost_at
FROM stepup_epoch AS epoch
LEFT JOIN json_each($1) AS asked ON TRUE
LEFT JOIN stepup_records AS record ON record.key = asked.value
ORDER BY asked.key";

const PUT: &str = "\
INSERT INTO stepup_records (key, revision, value, keep_until) VALUES ($1, $2, $3, $4)
ON CONFLICT (key) DO UPDATE
SET revision = excluded.revision, value = excluded.value, keep_until = excluded.keep_until";

const REMOVE: &str = "DELETE FROM stepup_records WHERE key = $1";

const SWEEP: &str = "\
DELETE FROM stepup_records WHERE key IN
(SELECT key FROM stepup_records WHERE keep_until < $1 ORDER BY keep_until LIMIT $2)";

pub(super) struct Sqlite {
    pool: SqlitePool,
    /// SQLite's own lock is not fair, so those of one process queue before it.
    writer: Turns<()>,
    /// A database in memory is gone with its last connection.
    _keeps_it: Option<Mutex<SqliteConnection>>,
}

pub(super) async fn open(
    url: &str,
    connections: u32,
    patience: Duration,
) -> Result<Sqlite, StoreError> {
    let path = url.strip_prefix("sqlite:").unwrap_or_default();
    if path == ":memory:" {
        return open_in_memory(url, patience).await;
    }
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() || path.contains(['?', '%']) {
        return Err(StoreError::Refused(
            "`sqlite:` is followed by the path of a file and nothing else, as in \
             `sqlite:/var/lib/bank/step-up.db`; for other settings give `SqlStore::from_sqlite` \
             a pool"
                .to_owned(),
        ));
    }
    create(path)?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .disable_statement_logging();
    let wait = WAIT_AT_START.max(patience);
    start(&options.clone().busy_timeout(wait), Instant::now() + wait).await?;
    let pool = pool(connections, patience).connect_lazy_with(options.busy_timeout(patience));
    Ok(Sqlite { pool, writer: Turns::default(), _keeps_it: None })
}

/// Prepares the database. Where others start at once, SQLite does not wait for who makes it a
/// write-ahead one, whatever its time-out: so it is tried again until then.
async fn start(options: &SqliteConnectOptions, deadline: Instant) -> Result<(), StoreError> {
    loop {
        match try_to_start(options).await {
            Err(StoreError::Refused(reason))
                if reason.ends_with("database is locked") && Instant::now() < deadline =>
            {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            started => return started,
        }
    }
}

async fn try_to_start(options: &SqliteConnectOptions) -> Result<(), StoreError> {
    let mut connection = options.connect().await.map_err(|error| refused(&error))?;
    prepare(&mut connection).await?;
    connection.close().await.map_err(|error| failed(&error))
}

/// One connection that works, and one that keeps the database.
async fn open_in_memory(url: &str, patience: Duration) -> Result<Sqlite, StoreError> {
    let options: SqliteConnectOptions = url.parse().map_err(|error| refused(&error))?;
    let options = options.disable_statement_logging();
    let mut connection = options.connect().await.map_err(|error| refused(&error))?;
    prepare(&mut connection).await?;
    let pool = pool(1, patience).connect_lazy_with(options);
    Ok(Sqlite { pool, writer: Turns::default(), _keeps_it: Some(Mutex::new(connection)) })
}

pub(super) async fn from_pool(pool: SqlitePool) -> Result<Sqlite, StoreError> {
    let mut lease = Lease::of(&pool).await.map_err(|error| failed(&error))?;
    prepare(lease.connection().map_err(|error| failed(&error))?).await?;
    lease.give_back();
    Ok(Sqlite { pool, writer: Turns::default(), _keeps_it: None })
}

fn pool(connections: u32, patience: Duration) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(patience)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
}

/// The file, for nobody else to read; SQLite makes those beside it alike.
fn create(path: &str) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => {
            Err(StoreError::Refused(format!("the file `{path}` cannot be made: {error}")))
        }
    }
}

async fn prepare(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous")
        .fetch_one(&mut *connection)
        .await
        .map_err(|error| refused(&error))?;
    if synchronous < 2 {
        return Err(StoreError::Refused(
            "SQLite runs without `synchronous = FULL`, so a crash may bring back a code that was \
             used: set it on every connection of the pool"
                .to_owned(),
        ));
    }
    // Of two processes that start at once the second waits here.
    let mut tables =
        connection.begin_with("BEGIN IMMEDIATE").await.map_err(|error| refused(&error))?;
    schema::migrate(sqlx::migrate!("migrations/sqlite"), &mut *tables).await?;
    sqlx::query(schema::BEGIN_EPOCH)
        .bind(schema::random_epoch()?)
        .execute(&mut *tables)
        .await
        .map_err(|error| refused(&error))?;
    tables.commit().await.map_err(|error| refused(&error))
}

impl Sqlite {
    pub(super) async fn close(&self) {
        self.pool.close().await;
    }

    pub(super) async fn read(&self, keys: &[Key]) -> Result<Snapshot, StoreError> {
        let rows = async {
            let mut lease = Lease::of(&self.pool).await?;
            let rows = rows(lease.connection()?, keys.iter()).await?;
            lease.give_back();
            Ok(rows)
        };
        snapshot(rows.await.map_err(|error| failed(&error))?, keys.len())
    }

    pub(super) async fn commit(
        &self,
        epoch: Epoch,
        changes: &[Change],
    ) -> Result<Commit, StoreError> {
        let failed = |error| failed(&error);
        let _turn = self.writer.lock().await;
        let mut lease = Lease::of(&self.pool).await.map_err(failed)?;
        let connection = lease.connection().map_err(failed)?;
        let mut whole = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        let keys = changes.iter().map(|change| &change.key);
        let now = snapshot(rows(&mut whole, keys).await.map_err(failed)?, changes.len())?;
        let as_read = changes
            .iter()
            .zip(&now.records)
            .all(|(change, record)| change.read == record.as_ref().map(|record| record.revision));
        if now.epoch != epoch || !as_read {
            whole.rollback().await.map_err(failed)?;
            lease.give_back();
            return Ok(Commit::Conflict);
        }
        for change in changes {
            write(&mut whole, change).await.map_err(failed)?;
        }
        whole.commit().await.map_err(failed)?;
        lease.give_back();
        Ok(Commit::Done)
    }

    pub(super) async fn sweep(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let swept = async {
            let _turn = self.writer.lock().await;
            let mut lease = Lease::of(&self.pool).await?;
            let swept = sqlx::query(SWEEP)
                .bind(signed(before.as_secs()))
                .bind(signed(limit as u64))
                .execute(lease.connection()?)
                .await?
                .rows_affected();
            lease.give_back();
            Ok::<_, Error>(swept)
        };
        let swept = swept.await.map_err(|error| failed(&error))?;
        Ok(usize::try_from(swept).unwrap_or(limit))
    }
}

async fn rows<'a>(
    connection: &mut SqliteConnection,
    keys: impl Iterator<Item = &'a Key>,
) -> Result<Vec<Row>, Error> {
    let keys: Vec<&str> = keys.map(Key::as_str).collect();
    let keys = serde_json::to_string(&keys).map_err(|error| Error::Encode(error.into()))?;
    sqlx::query_as(READ).bind(keys).fetch_all(connection).await
}

async fn write(connection: &mut SqliteConnection, change: &Change) -> Result<(), Error> {
    let key = change.key.as_str();
    let statement = match Put::of(change) {
        Some(Put { revision, value, keep_until }) => {
            sqlx::query(PUT).bind(key).bind(revision).bind(value).bind(keep_until)
        }
        None if change.write == Write::Remove => sqlx::query(REMOVE).bind(key),
        None => return Ok(()),
    };
    statement.execute(connection).await.map(drop)
}
