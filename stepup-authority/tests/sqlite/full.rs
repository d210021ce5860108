//! F17: a disk without room.

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use stepup_authority::store::{Commit, SqlStore, StoreError};

use crate::scene::{Folder, commit, put, read};

#[tokio::test]
async fn f17_a_full_disk_refuses_and_leaves_nothing_half_written() {
    let folder = Folder::new();
    // The tables are there before the room is measured.
    drop(SqlStore::open(&folder.url()).await.unwrap());
    let options =
        SqliteConnectOptions::new().filename(folder.file()).pragma("max_page_count", "40");
    let pool = SqlitePoolOptions::new().max_connections(2).connect_with(options).await.unwrap();
    let store = SqlStore::from_sqlite(pool).await.unwrap();

    let block = vec![7; 8 * 1024];
    let mut written = 0;
    let error = loop {
        let (a, b) = (format!("a{written}"), format!("b{written}"));
        match commit(&store, &[put(&a, None, b"small"), put(&b, None, &block)]).await {
            Ok(Commit::Done) => written += 1,
            Ok(Commit::Conflict) => panic!("nothing is in the way"),
            Err(error) => break error,
        }
        assert!(written < 100, "there is room without end");
    };
    assert_eq!(error, StoreError::Full);
    assert!(written > 3, "{written}");
    assert_eq!(read(&store, &format!("a{written}")).await.unwrap(), None);
    assert_eq!(read(&store, &format!("b{written}")).await.unwrap(), None);

    // It goes on with what it has, over every connection of its pool.
    for _ in 0..5 {
        let refused = commit(&store, &[put("more", None, &block)]).await;
        assert_eq!(refused, Err(StoreError::Full));
    }
    for number in 0..written {
        let record = read(&store, &format!("b{number}")).await.unwrap().unwrap();
        assert_eq!(record.value, block);
        let remove = stepup_authority::store::Change {
            write: stepup_authority::store::Write::Remove,
            ..put(&format!("b{number}"), Some(record.revision), b"")
        };
        assert_eq!(commit(&store, &[remove]).await.unwrap(), Commit::Done);
    }
    assert_eq!(commit(&store, &[put("more", None, &block)]).await.unwrap(), Commit::Done);
}
