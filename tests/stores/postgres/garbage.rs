//! S9: rows that we did not write are an error, and never a record.

use stepup_authority::store::{Epoch, SqlStore, Store, StoreError};
use stepup_core::Timestamp;
use stepup_tests::servers::postgres::Postgres;

use super::scene::{beside, create, key, put, read};

#[tokio::test]
#[ignore = "needs PostgreSQL: cargo xtask test"]
async fn s9_garbage_rows() {
    let server = Postgres::start();
    for garbage in [
        "UPDATE stepup_records SET revision = -7",
        "UPDATE stepup_epoch SET id = -1",
        "UPDATE stepup_epoch SET writes_lost_at = -1",
        "DELETE FROM stepup_epoch",
        "DROP TABLE stepup_records",
        "ALTER TABLE stepup_records DROP COLUMN value",
        "ALTER TABLE stepup_records ALTER COLUMN value TYPE text USING 'v'",
        "ALTER TABLE stepup_records ALTER COLUMN value DROP NOT NULL;
         UPDATE stepup_records SET value = NULL",
        "ALTER TABLE stepup_records ALTER COLUMN revision TYPE text USING 'seven'",
        "ALTER TABLE stepup_records ALTER COLUMN revision TYPE smallint USING 7",
        "ALTER TABLE stepup_epoch DROP CONSTRAINT stepup_epoch_pkey,
             DROP CONSTRAINT stepup_epoch_only_one_check;
         INSERT INTO stepup_epoch VALUES (2, 1, NULL)",
    ] {
        beside(
            &server,
            "DROP TABLE IF EXISTS stepup_records, stepup_epoch, stepup_migrations CASCADE",
        )
        .await;
        let store = SqlStore::open(&server.url()).await.unwrap();
        create(&store, "a", b"v").await;
        assert!(read(&store, "a").await.unwrap().is_some());
        beside(&server, garbage).await;
        for _ in 0..2 {
            let error = read(&store, "a").await.expect_err(garbage);
            assert!(matches!(error, StoreError::Unavailable(_)), "{garbage}: {error}");
        }
    }
}

/// F6: an operator who put back an old backup begins another epoch.
#[tokio::test]
#[ignore = "needs PostgreSQL: cargo xtask test"]
async fn f6_another_epoch_is_seen_and_ends_what_is_in_progress() {
    let server = Postgres::start();
    let store = SqlStore::open(&server.url()).await.unwrap();
    let before = store.read(&[]).await.unwrap().epoch;
    beside(
        &server,
        "UPDATE stepup_epoch SET id = id + 1, writes_lost_at = extract(epoch FROM now())",
    )
    .await;
    beside(&server, "UPDATE stepup_epoch SET writes_lost_at = 1700000000").await;
    let after = store.read(&[]).await.unwrap().epoch;
    assert_eq!(after, Epoch::after_loss(before.id() + 1, Timestamp::from_secs(1_700_000_000)));
    let conflict = store.commit(before, &[put("a", None, b"v")]).await.unwrap();
    assert_eq!(conflict, stepup_authority::store::Commit::Conflict);
    assert!(store.read(&[key("a")]).await.unwrap().records[0].is_none());
    create(&store, "a", b"v").await;
    assert!(read(&store, "a").await.unwrap().is_some());
}
