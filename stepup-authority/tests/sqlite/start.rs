//! What a store says when it is opened on what is not fit.

use std::path::PathBuf;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous};
use stepup_authority::store::{
    Change, Commit, Key, Kind, Revision, SqlStore, Store, StoreError, Write,
};

use crate::scene::{Folder, url};

async fn refusal(url: &str) -> String {
    match SqlStore::open(url).await.unwrap_err() {
        StoreError::Refused(reason) => reason,
        other => panic!("not refused: {other}"),
    }
}

async fn changed(folder: &Folder, change: &'static str) {
    let pool = SqlitePoolOptions::new().connect(&folder.url()).await.unwrap();
    sqlx::raw_sql(change).execute(&pool).await.unwrap();
    pool.close().await;
}

#[tokio::test]
async fn other_urls_are_refused_and_not_shown() {
    for odd in ["mysql://u:hunter2@h/d", "/var/hunter2.db", "hunter2", "", "SQLITE:hunter2"] {
        let reason = refusal(odd).await;
        assert!(reason.contains("neither `sqlite:` nor `postgres://`"), "{odd}: {reason}");
        assert!(!reason.contains("hunter2"), "{odd}: {reason}");
    }
    for odd in ["sqlite:", "sqlite://", "sqlite:a.db?mode=ro", "sqlite:a%20b.db"] {
        let reason = refusal(odd).await;
        assert!(reason.contains("the path of a file and nothing else"), "{odd}: {reason}");
    }
    #[cfg(not(feature = "postgres"))]
    assert!(refusal("postgres://u@h/d").await.contains("without the feature `postgres`"));
}

#[tokio::test]
async fn a_file_that_cannot_be_is_refused() {
    let folder = Folder::new();
    let nowhere = folder.file().join("nowhere").join("step-up.db");
    let reason = refusal(&url(&nowhere)).await;
    assert!(reason.contains("cannot be made") && reason.contains("nowhere"), "{reason}");
    std::fs::write(folder.file(), b"not a database at all, but long enough to be one").unwrap();
    let reason = refusal(&folder.url()).await;
    assert!(reason.contains("not a database"), "{reason}");
}

/// S12: tables of a later version are not read as if they were ours.
#[tokio::test]
async fn s12_a_newer_schema_is_refused() {
    let folder = Folder::new();
    drop(SqlStore::open(&folder.url()).await.unwrap());
    changed(
        &folder,
        "INSERT INTO stepup_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'later', TRUE, x'00', 1)",
    )
    .await;
    let reason = refusal(&folder.url()).await;
    assert!(reason.contains("newer stepup-authority (migration 9999"), "{reason}");
    changed(&folder, "DELETE FROM stepup_migrations WHERE version = 9999").await;
    changed(&folder, "UPDATE stepup_migrations SET checksum = x'00'").await;
    let reason = refusal(&folder.url()).await;
    assert!(reason.contains("is not ours"), "{reason}");
}

#[tokio::test]
async fn f17_a_pool_that_does_not_wait_for_the_disk_is_refused() {
    let folder = Folder::new();
    for (synchronous, refused) in [
        (SqliteSynchronous::Off, true),
        (SqliteSynchronous::Normal, true),
        (SqliteSynchronous::Full, false),
    ] {
        let options = SqliteConnectOptions::new()
            .filename(folder.file())
            .create_if_missing(true)
            .synchronous(synchronous);
        let pool = SqlitePoolOptions::new().connect_with(options).await.unwrap();
        let opened = SqlStore::from_sqlite(pool).await;
        assert_eq!(opened.is_err(), refused);
        if let Err(error) = opened {
            assert!(error.to_string().contains("`synchronous = FULL`"), "{error}");
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn s10_only_the_owner_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::new();
    let store = SqlStore::open(&folder.url()).await.unwrap();
    store.read(&[]).await.unwrap();
    let files: Vec<_> = std::fs::read_dir(folder.file().parent().unwrap()).unwrap().collect();
    assert!(files.len() > 1, "the journal stands beside it");
    for file in files {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", file.file_name());
    }
}

/// Of many instances that start at once one makes the tables, and all are of one epoch.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_may_start_at_once() {
    let folder = Folder::new();
    let mut starting = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let url = folder.url();
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
async fn debug_shows_the_database_alone() {
    let folder = Folder::new();
    let store = SqlStore::open(&folder.url()).await.unwrap();
    assert_eq!(format!("{store:?}"), "SqlStore(\"SQLite\")");
}

/// What is in the log that SQLite writes ahead is in the file, and nobody is answered from one that
/// is closed.
#[tokio::test]
async fn closed_it_is_one_file_and_does_not_answer() {
    let folder = Folder::new();
    let store = SqlStore::open(&folder.url()).await.unwrap();
    let key = Key::of(Kind::Account, &["https://idp.example", "alice"]);
    let keys = [key];
    let epoch = store.read(&keys).await.unwrap().epoch;
    let write =
        Write::Put { revision: Revision::new().unwrap(), value: b"v".to_vec(), keep_until: None };
    let [key] = keys;
    let change = [Change { key: key.clone(), read: None, write }];
    assert_eq!(store.commit(epoch, &change).await, Ok(Commit::Done));
    let log = PathBuf::from(format!("{}-wal", folder.file().display()));
    assert!(log.exists());
    store.close().await;
    assert!(!log.exists());
    let refused = store.read(std::slice::from_ref(&key)).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    let again = SqlStore::open(&folder.url()).await.unwrap();
    let kept = again.read(&[key]).await.unwrap();
    assert_eq!(kept.records[0].as_ref().unwrap().value, b"v");
}
