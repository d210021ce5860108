//! Whether a server is fit, and how its connections are set.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Error, PgConnection, PgPool};

use super::super::error::{failed, refused};
use super::super::lease::Lease;
use super::super::schema;
use super::Postgres;
use crate::store::StoreError;

/// For the first connection.
const WAIT_AT_START: Duration = Duration::from_secs(10);
/// Connections that were idle for longer are tried before they are used.
const FRESH: Duration = Duration::from_secs(1);

const IS_STANDBY: &str = "SELECT pg_is_in_recovery()";

pub(in crate::store::sql) async fn open(
    url: &str,
    connections: u32,
    patience: Duration,
) -> Result<Postgres, StoreError> {
    let options: PgConnectOptions = url.parse().map_err(|_: Error| unreadable())?;
    let options = options.disable_statement_logging();
    let mut connection = match tokio::time::timeout(WAIT_AT_START, options.connect()).await {
        Ok(connection) => connection.map_err(|error| refused(&error))?,
        Err(_) => {
            return Err(StoreError::Unavailable(format!(
                "the server does not answer within {} s",
                WAIT_AT_START.as_secs()
            )));
        }
    };
    prepare(&mut connection).await?;
    connection.close().await.map_err(|error| failed(&error))?;
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(patience)
        .test_before_acquire(false)
        .before_acquire(|connection, idle| {
            Box::pin(async move {
                if idle.idle_for > FRESH {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .after_connect(move |connection, _| Box::pin(set(connection, patience)))
        .connect_lazy_with(options);
    Ok(Postgres { pool })
}

pub(in crate::store::sql) async fn from_pool(pool: PgPool) -> Result<Postgres, StoreError> {
    let mut lease = Lease::of(&pool).await.map_err(|error| failed(&error))?;
    prepare(lease.connection().map_err(|error| failed(&error))?).await?;
    lease.give_back();
    Ok(Postgres { pool })
}

/// Without the reason, which may quote what was given: a password that is not encoded is taken for
/// any part of a URL.
fn unreadable() -> StoreError {
    StoreError::Refused(
        "the URL is not one of PostgreSQL, as in \
         `postgres://USER:PASSWORD@HOST/DATABASE?sslmode=verify-full`: in a password `%`, `:`, \
         `/`, `?`, `#` and `@` are written as `%25`, `%3A`, `%2F`, `%3F`, `%23` and `%40`, and \
         `sslmode` is `disable`, `allow`, `prefer`, `require`, `verify-ca` or `verify-full`"
            .to_owned(),
    )
}

async fn prepare(connection: &mut PgConnection) -> Result<(), StoreError> {
    let (standby, synchronous, version): (bool, String, i32) = sqlx::query_as(
        "SELECT pg_is_in_recovery(), current_setting('synchronous_commit'), \
         current_setting('server_version_num')::integer",
    )
    .fetch_one(&mut *connection)
    .await
    .map_err(|error| refused(&error))?;
    let reason = if standby {
        "the server is a standby, which lags behind: give the URL of the primary"
    } else if version < 120_000 {
        "the server is older than PostgreSQL 12"
    } else if synchronous == "off" {
        "the server has `synchronous_commit = off`, so a crash may bring back a code that was \
         used: set it to `on` for this user, with `ALTER ROLE … SET synchronous_commit = on`"
    } else {
        schema::migrate(sqlx::migrate!("migrations/postgres"), connection).await?;
        return sqlx::query(schema::BEGIN_EPOCH)
            .bind(schema::random_epoch()?)
            .execute(connection)
            .await
            .map(drop)
            .map_err(|error| refused(&error));
    };
    Err(StoreError::Refused(reason.to_owned()))
}

/// No statement of ours takes this long, and nobody waits for longer.
fn limits(patience: Duration) -> String {
    let longest = (patience + patience / 4).as_millis();
    format!("SET statement_timeout = '{longest}ms'; SET idle_in_transaction_session_timeout = '5s'")
}

/// Also looks again which server answers: after a fail-over it may be another.
async fn set(connection: &mut PgConnection, patience: Duration) -> Result<(), Error> {
    let limits = sqlx::AssertSqlSafe(limits(patience));
    sqlx::raw_sql(limits).execute(&mut *connection).await?;
    match sqlx::query_scalar(IS_STANDBY).fetch_one(connection).await? {
        false => Ok(()),
        true => Err(Error::Protocol("the server is a standby".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f1_statements_end_by_patience() {
        for (patience, expected) in [(50, "'62ms'"), (200, "'250ms'"), (10_000, "'12500ms'")] {
            let limits = limits(Duration::from_millis(patience));
            assert!(limits.contains(&format!("SET statement_timeout = {expected};")), "{limits}");
        }
    }
}
