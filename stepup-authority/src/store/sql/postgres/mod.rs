//! PostgreSQL: many writers at a time, each in one statement.

mod commit;
mod open;

use sqlx::{Error, PgPool};
use stepup_core::Timestamp;

pub(super) use self::open::{from_pool, open};
use super::error::{failed, is_conflict};
use super::lease::Lease;
use super::rows::{Row, signed, snapshot};
use crate::store::{Change, Commit, Epoch, Key, Snapshot, StoreError};

/// Of a standby nothing is read: what it does not have yet may be a removal (S7).
const READ: &str = "\
SELECT record.revision, record.value, epoch.id, epoch.writes_lost_at
FROM stepup_epoch AS epoch
LEFT JOIN unnest($1::text[]) WITH ORDINALITY AS asked (key, place) ON TRUE
LEFT JOIN stepup_records AS record ON record.key = asked.key
WHERE NOT pg_is_in_recovery()
ORDER BY asked.place";

/// What another holds is left for the next time.
const SWEEP: &str = "\
DELETE FROM stepup_records WHERE key IN (
    SELECT key FROM stepup_records WHERE keep_until < $1 ORDER BY keep_until LIMIT $2
    FOR UPDATE SKIP LOCKED
)";

pub(in crate::store::sql) struct Postgres {
    pool: PgPool,
}

impl Postgres {
    pub(in crate::store::sql) async fn close(&self) {
        self.pool.close().await;
    }

    pub(in crate::store::sql) async fn read(&self, keys: &[Key]) -> Result<Snapshot, StoreError> {
        let names: Vec<&str> = keys.iter().map(Key::as_str).collect();
        let rows: Result<Vec<Row>, Error> = async {
            let mut lease = Lease::of(&self.pool).await?;
            let rows = sqlx::query_as(READ).bind(names).fetch_all(lease.connection()?).await?;
            lease.give_back();
            Ok(rows)
        }
        .await;
        snapshot(rows.map_err(|error| failed(&error))?, keys.len())
    }

    pub(in crate::store::sql) async fn commit(
        &self,
        epoch: Epoch,
        changes: &[Change],
    ) -> Result<Commit, StoreError> {
        let mut lease = Lease::of(&self.pool).await.map_err(|error| failed(&error))?;
        let connection = lease.connection().map_err(|error| failed(&error))?;
        match commit::commit(connection, epoch, changes).await {
            Ok(commit) => {
                lease.give_back();
                Ok(commit)
            }
            Err(error) if is_conflict(&error) => {
                lease.give_back();
                Ok(Commit::Conflict)
            }
            Err(error) => Err(failed(&error)),
        }
    }

    pub(in crate::store::sql) async fn sweep(
        &self,
        before: Timestamp,
        limit: usize,
    ) -> Result<usize, StoreError> {
        let swept: Result<u64, Error> = async {
            let mut lease = Lease::of(&self.pool).await?;
            let swept = sqlx::query(SWEEP)
                .bind(signed(before.as_secs()))
                .bind(signed(limit as u64))
                .execute(lease.connection()?)
                .await?
                .rows_affected();
            lease.give_back();
            Ok(swept)
        }
        .await;
        let swept = swept.map_err(|error| failed(&error))?;
        Ok(usize::try_from(swept).unwrap_or(limit))
    }
}
