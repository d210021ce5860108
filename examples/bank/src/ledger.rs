//! Customers and money, in SQLite or PostgreSQL.

mod attempts;
mod customers;
mod mails;
mod sessions;
mod transfers;

use std::pin::pin;
use std::time::Duration;

use sqlx::any::{Any, AnyPoolOptions, install_default_drivers};
use sqlx::{AnyConnection, AnyPool, Connection as _, Transaction};
use uuid::Uuid;

pub(crate) use self::customers::{Customer, NewCustomer, Stays};
pub(crate) use self::mails::KeptMail;
pub(crate) use self::transfers::{Made, Refused, Transfer};
use crate::StartError;
use crate::options::Place;

/// The bank's own tables; the authority has others.
#[derive(Clone, Debug)]
pub(crate) struct Ledger {
    pool: AnyPool,
    /// A database in memory is there for as long as somebody is connected, and a caller who hangs
    /// up may take a connection along.
    _in_memory: Option<AnyPool>,
}

impl Ledger {
    /// Opens it, and makes its tables or brings them up to date.
    pub(crate) async fn open(place: &Place) -> Result<Self, StartError> {
        install_default_drivers();
        let pool = AnyPoolOptions::new().acquire_timeout(Duration::from_secs(5));
        let mut in_memory = None;
        let pool = match place {
            Place::Memory => {
                let url = format!("sqlite:file:bank-{}?mode=memory&cache=shared", Uuid::now_v7());
                let one = pool.max_connections(1).idle_timeout(None).max_lifetime(None);
                let stays = one.clone().connect(&url).await;
                in_memory = stays.as_ref().ok().cloned();
                match stays {
                    Ok(_) => one.connect(&url).await,
                    failed => failed,
                }
            }
            Place::Sqlite(path) => {
                crate::files::create(path)?;
                pool.connect(&format!("sqlite:{}?mode=rwc", path.display())).await
            }
            Place::Postgres(url) => {
                pool.after_connect(|connection, _| Box::pin(set(connection))).connect(url).await
            }
            Place::Redis(_) => {
                return Err("customers and money cannot be in Redis".into());
            }
        };
        let unusable = |error| {
            format!("the ledger's database cannot be used ({}); look at --ledger", said(&error))
        };
        let pool = pool.map_err(unusable)?;
        let tables = sqlx::migrate!("src/ledger/migrations");
        let mut made = match place {
            // They may take their time, as may the instance that makes them first.
            Place::Postgres(url) => {
                let mut own = AnyConnection::connect(url).await.map_err(unusable)?;
                told_if_slow(tables.run(&mut own)).await
            }
            _ => tables.run(&pool).await,
        };
        // In SQLite another instance may be making the same one: the next try finds it made.
        for _ in tables.iter().filter(|_| matches!(place, Place::Sqlite(_))) {
            if made.is_err() {
                made = tables.run(&pool).await;
            }
        }
        made.map_err(|error| format!("the ledger's tables cannot be made: {error}"))?;
        Ok(Self { pool, _in_memory: in_memory })
    }

    /// The origin that it is of: this one, unless it has one.
    pub(crate) async fn origin(&self, origin: &str) -> sqlx::Result<String> {
        let keep = "INSERT INTO origins (only_one, origin) VALUES (1, $1) ON CONFLICT DO NOTHING";
        sqlx::query(keep).bind(origin).execute(&self.pool).await?;
        sqlx::query_scalar("SELECT origin FROM origins").fetch_one(&self.pool).await
    }

    /// Several statements that are done together or not at all: without `commit` they are undone.
    ///
    /// Whoever asked may be dropped at any moment. Between a `BEGIN` and its answer PostgreSQL's
    /// driver would take the connection back into the pool as if none had been said, and what
    /// others write over it would be undone with it. So it is said where nobody drops it.
    async fn begin(&self) -> sqlx::Result<Transaction<'static, Any>> {
        let pool = self.pool.clone();
        let begun = tokio::spawn(async move { pool.begin().await });
        begun.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }

    /// Whether it answers.
    pub(crate) async fn check(&self) -> sqlx::Result<()> {
        sqlx::query("SELECT 1").execute(&self.pool).await.map(|_| ())
    }
}

/// After this it is said what there is to wait for.
const SOON: Duration = Duration::from_secs(10);

/// Whoever waits for the start learns what for.
async fn told_if_slow<T>(making: impl Future<Output = T>) -> T {
    let mut making = pin!(making);
    tokio::select! {
        made = &mut making => made,
        () = tokio::time::sleep(SOON) => {
            tracing::warn!(
                "the ledger's tables are not made yet: it may be long work, or another instance \
                 may be at it; if it is not, look for who holds an advisory lock in the database"
            );
            making.await
        }
    }
}

/// No statement here takes as long as this, and none keeps what it locks from others for longer. And
/// what is answered is on disk, however the server is set: a crash brings no money back.
const SETTINGS: &str = "SET statement_timeout = '5s';
    SET idle_in_transaction_session_timeout = '5s';
    SELECT set_config('synchronous_commit', 'on', false)
        WHERE current_setting('synchronous_commit') = 'off'";

async fn set(connection: &mut AnyConnection) -> sqlx::Result<()> {
    sqlx::raw_sql(SETTINGS).execute(connection).await.map(|_| ())
}

/// Without the URL, in which there is a password.
fn said(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Configuration(_) => "its URL cannot be read".to_owned(),
        sqlx::Error::PoolTimedOut => "it does not answer".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
