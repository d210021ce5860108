//! What a database's errors mean to whoever asked.

use sqlx::Error;
use sqlx::migrate::MigrateError;

use crate::store::StoreError;

/// PostgreSQL found that it would have to do two things at once: serialization failure, deadlock,
/// and a record that another created in the same moment. Nothing was done.
#[cfg(feature = "postgres")]
pub(super) fn is_conflict(error: &Error) -> bool {
    matches!(code(error).as_deref(), Some("40001" | "40P01" | "23505"))
}

pub(super) fn failed(error: &Error) -> StoreError {
    match code(error).as_deref() {
        // SQLite and PostgreSQL. A code of the one is none of the other.
        Some("13" | "53100") => StoreError::Full,
        Some("25006") => StoreError::Unavailable(
            "the server does not take writes: is it a standby, or read-only?".to_owned(),
        ),
        _ => StoreError::Unavailable(said(error)),
    }
}

pub(super) fn refused(error: &Error) -> StoreError {
    match error {
        Error::Database(_) | Error::Configuration(_) => {
            StoreError::Refused(format!("the database says: {}", said(error)))
        }
        _ => failed(error),
    }
}

pub(super) fn not_migrated(error: MigrateError) -> StoreError {
    StoreError::Refused(match error {
        MigrateError::VersionMissing(number) => format!(
            "its tables are of a newer stepup-authority (migration {number} is unknown to this \
             one): run that version, or use another database"
        ),
        MigrateError::VersionMismatch(number) => format!(
            "its tables were made by a migration {number} that is not ours: use another database"
        ),
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            return match refused(&error) {
                StoreError::Refused(reason) => StoreError::Refused(format!(
                    "its tables cannot be made or looked at; may this user create tables? {reason}"
                )),
                other => other,
            };
        }
        other => format!("its tables cannot be brought up to date: {other}"),
    })
}

fn code(error: &Error) -> Option<String> {
    error.as_database_error()?.code().map(Into::into)
}

/// Without details, which may name what stands in a row.
fn said(error: &Error) -> String {
    match error {
        Error::Database(error) => error.message().to_owned(),
        Error::PoolTimedOut => "no connection in time".to_owned(),
        other => other.to_string(),
    }
}
