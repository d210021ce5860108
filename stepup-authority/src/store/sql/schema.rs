//! The tables, and the first epoch.

use sqlx::migrate::{Migrate, Migrator};

use super::error::not_migrated;
use super::rows::signed;
use crate::random::random;
use crate::store::StoreError;

/// Our own list of migrations: a service that keeps its own tables beside ours has the usual one.
const LIST: &str = "stepup_migrations";

/// One store's epoch is made once; whoever comes later finds it.
pub(super) const BEGIN_EPOCH: &str =
    "INSERT INTO stepup_epoch (only_one, id) VALUES (1, $1) ON CONFLICT DO NOTHING";

/// Not by `Migrator::run`: with that no future of ours could go from thread to thread.
pub(super) async fn migrate<C>(mut ours: Migrator, connection: &mut C) -> Result<(), StoreError>
where
    C: Migrate,
{
    ours.dangerous_set_table_name(LIST);
    ours.run_direct(None, connection, false).await.map_err(not_migrated)
}

pub(super) fn random_epoch() -> Result<i64, StoreError> {
    Ok(signed(u64::from_be_bytes(random()?) >> 1))
}
