//! All changes or none, in one statement and so in one round trip.

use sqlx::{Connection, Error, PgConnection};

use super::super::rows::{Put, signed};
use crate::store::{Change, Commit, Epoch, Write};

/// READ COMMITTED is enough, for nothing is decided on a row that is not locked:
///
/// * `held` locks the rows in the order of their keys, so that two commits never wait for each
///   other, and gives each as it is once locked, however long that took;
/// * `agreed` compares all of them, and the epoch; the writes do nothing unless it is true;
/// * a row that is not there cannot be locked. `created` does without `ON CONFLICT`: if another
///   creates it in the same moment, the whole statement fails, and nothing of it was done.
///
/// It says how many rows were written, because a write that met no row is none.
const COMMIT: &str = "\
WITH asked AS MATERIALIZED (
    SELECT * FROM unnest($1::text[], $2::bigint[], $3::bool[], $4::bigint[], $5::bytea[], $6::bigint[])
        AS asked (key, read, remove, revision, value, keep_until)
), held AS MATERIALIZED (
    SELECT record.key, record.revision FROM stepup_records AS record
    WHERE record.key = ANY ($1::text[]) ORDER BY record.key FOR UPDATE
), agreed AS MATERIALIZED (
    SELECT EXISTS (SELECT FROM stepup_epoch WHERE id = $7) AND NOT EXISTS (
        SELECT FROM asked LEFT JOIN held ON held.key = asked.key
        WHERE asked.read IS DISTINCT FROM held.revision
    ) AS yes
), removed AS (
    DELETE FROM stepup_records AS record USING asked, agreed
    WHERE agreed.yes AND asked.remove AND record.key = asked.key AND record.revision = asked.read
    RETURNING 1
), replaced AS (
    UPDATE stepup_records AS record
    SET revision = asked.revision, value = asked.value, keep_until = asked.keep_until
    FROM asked, agreed
    WHERE agreed.yes AND asked.revision IS NOT NULL
        AND record.key = asked.key AND record.revision = asked.read
    RETURNING 1
), created AS (
    INSERT INTO stepup_records (key, revision, value, keep_until)
    SELECT asked.key, asked.revision, asked.value, asked.keep_until FROM asked, agreed
    WHERE agreed.yes AND asked.revision IS NOT NULL AND asked.read IS NULL
    ORDER BY asked.key
    RETURNING 1
)
SELECT agreed.yes,
    (SELECT count(*) FROM removed) + (SELECT count(*) FROM replaced)
        + (SELECT count(*) FROM created)
FROM agreed";

const REMOVE: &str = "DELETE FROM stepup_records WHERE key = ANY ($1::text[])";

/// An error in here leaves nothing done, once the connection is closed; one of the connection
/// itself leaves it open.
pub(super) async fn commit(
    connection: &mut PgConnection,
    epoch: Epoch,
    changes: &[Change],
) -> Result<Commit, Error> {
    let absent: Vec<&str> = changes.iter().filter_map(stays_absent).collect();
    if absent.is_empty() {
        return apply(connection, epoch, changes).await;
    }
    // What is to stay absent is created and removed again, which holds off whoever would create it.
    let mut whole = connection.begin().await?;
    let commit = apply(&mut whole, epoch, changes).await?;
    if commit == Commit::Done {
        let removed = sqlx::query(REMOVE).bind(&absent).execute(&mut *whole).await?;
        written(absent.len(), signed(removed.rows_affected()))?;
        whole.commit().await?;
    } else {
        whole.rollback().await?;
    }
    Ok(commit)
}

async fn apply(
    connection: &mut PgConnection,
    epoch: Epoch,
    changes: &[Change],
) -> Result<Commit, Error> {
    let puts: Vec<Option<Put<'_>>> = changes
        .iter()
        .map(|change| match stays_absent(change) {
            Some(_) => Some(Put { revision: 0, value: &[], keep_until: None }),
            None => Put::of(change),
        })
        .collect();
    let removals: Vec<bool> = changes
        .iter()
        .map(|change| change.write == Write::Remove && change.read.is_some())
        .collect();
    let expected =
        puts.iter().flatten().count() + removals.iter().filter(|removal| **removal).count();
    let keys: Vec<&str> = changes.iter().map(|change| change.key.as_str()).collect();
    let read: Vec<Option<i64>> =
        changes.iter().map(|change| change.read.map(|read| signed(read.as_u64()))).collect();
    let (agreed, rows): (bool, i64) = sqlx::query_as(COMMIT)
        .bind(keys)
        .bind(read)
        .bind(removals)
        .bind(column(&puts, |put| put.revision))
        .bind(column(&puts, |put| put.value))
        .bind(puts.iter().map(|put| put.as_ref()?.keep_until).collect::<Vec<_>>())
        .bind(signed(epoch.id()))
        .fetch_one(connection)
        .await?;
    if !agreed {
        return Ok(Commit::Conflict);
    }
    written(expected, rows)?;
    Ok(Commit::Done)
}

fn stays_absent(change: &Change) -> Option<&str> {
    let absent = change.read.is_none() && !matches!(change.write, Write::Put { .. });
    absent.then_some(change.key.as_str())
}

fn column<'a, T>(puts: &[Option<Put<'a>>], part: impl Fn(&Put<'a>) -> T) -> Vec<Option<T>> {
    puts.iter().map(|put| put.as_ref().map(&part)).collect()
}

fn written(expected: usize, rows: i64) -> Result<(), Error> {
    match usize::try_from(rows) {
        Ok(rows) if rows == expected => Ok(()),
        _ => Err(Error::Protocol(format!("{rows} rows were written instead of {expected}"))),
    }
}
