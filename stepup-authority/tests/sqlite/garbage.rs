//! S9: rows that we did not write are an error, and never a record.

use sqlx::SqlitePool;
use sqlx::sqlite::SqlitePoolOptions;
use stepup_authority::store::{Epoch, SqlStore, Store, StoreError};
use stepup_core::Timestamp;

use crate::scene::{Folder, create, key, put, read};

async fn beside(folder: &Folder) -> SqlitePool {
    SqlitePoolOptions::new().connect(&folder.url()).await.unwrap()
}

#[tokio::test]
async fn s9_garbage_rows() {
    for garbage in [
        "UPDATE stepup_records SET revision = -7",
        "UPDATE stepup_epoch SET id = -1",
        "UPDATE stepup_epoch SET writes_lost_at = -1",
        "DELETE FROM stepup_epoch",
        "DROP TABLE stepup_records",
        "ALTER TABLE stepup_records DROP COLUMN value",
        "DROP TABLE stepup_epoch; CREATE TABLE stepup_epoch (id, writes_lost_at);
         INSERT INTO stepup_epoch VALUES (1, NULL), (2, NULL)",
        "CREATE TABLE odd AS SELECT key, 'seven' AS revision, value, keep_until FROM stepup_records;
         DROP TABLE stepup_records; ALTER TABLE odd RENAME TO stepup_records",
        "CREATE TABLE odd AS SELECT key, revision, NULL AS value, keep_until FROM stepup_records;
         DROP TABLE stepup_records; ALTER TABLE odd RENAME TO stepup_records",
        "CREATE TABLE odd AS SELECT key, revision, 1.5 AS value, keep_until FROM stepup_records;
         DROP TABLE stepup_records; ALTER TABLE odd RENAME TO stepup_records",
    ] {
        let folder = Folder::new();
        let store = SqlStore::open(&folder.url()).await.unwrap();
        create(&store, "a", b"v").await;
        let snapshot = store.read(&[key("a")]).await.unwrap();
        let revision = snapshot.records[0].as_ref().map(|record| record.revision);
        sqlx::raw_sql(garbage).execute(&beside(&folder).await).await.unwrap();
        let error = read(&store, "a").await.expect_err(garbage);
        assert!(matches!(error, StoreError::Unavailable(_)), "{garbage}: {error}");
        let written = store.commit(snapshot.epoch, &[put("a", revision, b"w")]).await;
        assert!(matches!(written, Err(StoreError::Unavailable(_))), "{garbage}: {written:?}");
    }
}

/// F6: an operator who put back an old backup begins another epoch.
#[tokio::test]
async fn f6_another_epoch_is_seen_and_ends_what_is_in_progress() {
    let folder = Folder::new();
    let store = SqlStore::open(&folder.url()).await.unwrap();
    let before = store.read(&[]).await.unwrap().epoch;
    sqlx::raw_sql("UPDATE stepup_epoch SET id = id + 1, writes_lost_at = 1700000000")
        .execute(&beside(&folder).await)
        .await
        .unwrap();
    let after = store.read(&[]).await.unwrap().epoch;
    assert_eq!(after, Epoch::after_loss(before.id() + 1, Timestamp::from_secs(1_700_000_000)));
    let conflict = store.commit(before, &[put("a", None, b"v")]).await.unwrap();
    assert_eq!(conflict, stepup_authority::store::Commit::Conflict);
    assert_eq!(read(&store, "a").await.unwrap(), None);
    create(&store, "a", b"v").await;
    assert!(read(&store, "a").await.unwrap().is_some());
}
