//! The suite, over two handles, which are as two processes to SQLite.

use std::sync::Arc;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use stepup_authority::store::conformance::Suite;
use stepup_authority::store::{SqlStore, Store};

use crate::scene::{Folder, create, open, read};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s1_two_handles_on_a_file_conform() {
    let folder = Folder::new();
    Suite::new().rounds(5).run(async || open(&folder.url()).await).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s1_a_database_in_memory_conforms() {
    let store: Arc<dyn Store> = Arc::new(SqlStore::open("sqlite::memory:").await.unwrap());
    Suite::new().rounds(5).run(async || Ok(store.clone())).await.unwrap();
}

/// A pool as a service has it: one of the default journal, and with tables of the service's own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s1_a_pool_of_the_service_conforms() {
    let folder = Folder::new();
    let options = SqliteConnectOptions::new().filename(folder.file()).create_if_missing(true);
    let pool = SqlitePoolOptions::new().max_connections(3).connect_with(options).await.unwrap();
    sqlx::raw_sql(
        "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL,
             installed_on TIMESTAMP NOT NULL, success BOOLEAN NOT NULL, checksum BLOB NOT NULL,
             execution_time BIGINT NOT NULL);
         INSERT INTO _sqlx_migrations VALUES (20240101, 'theirs', '2024-01-01', TRUE, x'00', 1);",
    )
    .execute(&pool)
    .await
    .unwrap();
    let store: Arc<dyn Store> = Arc::new(SqlStore::from_sqlite(pool).await.unwrap());
    Suite::new().rounds(5).takers(16).run(async || Ok(store.clone())).await.unwrap();
}

#[tokio::test]
async fn f17_what_is_done_is_there_after_a_restart_in_the_same_epoch() {
    let folder = Folder::new();
    let before = SqlStore::open(&folder.url()).await.unwrap();
    create(&before, "a", b"kept").await;
    let epoch = before.read(&[]).await.unwrap().epoch;
    drop(before);
    let after = SqlStore::open(&folder.url()).await.unwrap();
    assert_eq!(read(&after, "a").await.unwrap().unwrap().value, b"kept");
    assert_eq!(after.read(&[]).await.unwrap().epoch, epoch);
    let elsewhere = SqlStore::open("sqlite::memory:").await.unwrap();
    assert_ne!(elsewhere.read(&[]).await.unwrap().epoch, epoch);
    let another = SqlStore::open("sqlite::memory:").await.unwrap();
    assert_eq!(read(&another, "a").await.unwrap(), None);
}
