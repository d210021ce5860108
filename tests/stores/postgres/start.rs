//! Servers that are not fit.

use stepup_authority::store::{SqlStore, Store, StoreError};
use stepup_tests::servers::postgres::Postgres;

use super::scene::beside;

async fn refusal(url: &str) -> String {
    match SqlStore::open(url).await.unwrap_err() {
        StoreError::Refused(reason) => reason,
        other => panic!("not refused: {other}"),
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL: cargo xtask test"]
async fn s7_a_standby_is_refused() {
    let primary = Postgres::start();
    drop(SqlStore::open(&primary.url()).await.unwrap());
    let standby = primary.standby();
    let reason = refusal(&standby.url()).await;
    assert!(reason.contains("standby") && reason.contains("URL of the primary"), "{reason}");
}

#[tokio::test]
#[ignore = "needs PostgreSQL: cargo xtask test"]
async fn f17_a_server_that_does_not_wait_for_the_disk_is_refused() {
    let server = Postgres::start_with(&["synchronous_commit=off"]);
    let reason = refusal(&server.url()).await;
    assert!(reason.contains("`synchronous_commit = off`"), "{reason}");
}

#[tokio::test]
#[ignore = "needs PostgreSQL: cargo xtask test"]
async fn s12_a_newer_schema_is_refused() {
    let server = Postgres::start();
    drop(SqlStore::open(&server.url()).await.unwrap());
    beside(
        &server,
        "INSERT INTO stepup_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'later', TRUE, '', 1)",
    )
    .await;
    let reason = refusal(&server.url()).await;
    assert!(reason.contains("newer stepup-authority (migration 9999"), "{reason}");
    // The refusal holds no lock over whoever comes next.
    beside(&server, "DELETE FROM stepup_migrations WHERE version = 9999").await;
    drop(SqlStore::open(&server.url()).await.unwrap());
}

/// The URL holds the password.
#[tokio::test]
#[ignore = "needs PostgreSQL: cargo xtask test"]
async fn no_error_shows_the_url() {
    let server = Postgres::start();
    let url = server.url().replace("postgres@", "postgres:hunter2@");
    let host = url.strip_suffix("/postgres").unwrap();
    for url in [
        format!("{host}/nowhere"),
        url.replace("postgres:hunter2@", "nobody:hunter2@"),
        url.replace("127.0.0.1", "127.0.0.1:hunter2"),
        url.replace("hunter2", "?sslmode=hunter2"),
        url.replace("hunter2", "#hunter2"),
        url.replace("hunter2", "/hunter2"),
        format!("{host}/postgres?sslmode=odd"),
        format!("{host}/postgres?sslmode=require"),
        "postgres://u:hunter2@127.0.0.1:1/d".to_owned(),
    ] {
        let error = SqlStore::open(&url).await.unwrap_err();
        assert!(!error.to_string().contains("hunter2"), "{url}: {error}");
        assert!(!format!("{error:?}").contains("hunter2"), "{url}: {error:?}");
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL: cargo xtask test"]
async fn a_user_who_may_not_make_tables_is_told() {
    let server = Postgres::start();
    beside(&server, "CREATE ROLE reader LOGIN").await;
    let reason = refusal(&server.url().replace("postgres@", "reader@")).await;
    assert!(reason.contains("may this user create tables?"), "{reason}");
}

/// Of many instances that start at once one makes the tables, and all are of one epoch.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask test"]
async fn many_may_start_at_once() {
    let server = Postgres::start();
    let mut starting = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let url = server.url();
        starting.spawn(async move {
            let store = SqlStore::open(&url).await?;
            Ok::<_, StoreError>(store.read(&[]).await?.epoch.id())
        });
    }
    let mut epochs = starting.join_all().await.into_iter().collect::<Result<Vec<_>, _>>().unwrap();
    epochs.dedup();
    assert_eq!(epochs.len(), 1);
}

#[tokio::test]
#[ignore = "needs PostgreSQL: cargo xtask test"]
async fn closed_it_does_not_answer() {
    let server = Postgres::start();
    let store = SqlStore::open(&server.url()).await.unwrap();
    store.read(&[]).await.unwrap();
    store.close().await;
    let refused = store.read(&[]).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
}
