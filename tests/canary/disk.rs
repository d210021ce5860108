//! F17: a disk without room.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::json;
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{SqliteConnection, SqlitePool};
use stepup_authority::store::{
    Change, Commit, Key, Kind, Revision, SqlStore, Store, StoreError, Write,
};
use stepup_tests::Framework;
use stepup_tests::authority::{Kept, Setup};

use crate::full::begin;

/// A database, and how many pages it may have: no fewer than it has.
async fn limited(url: &str) -> (Arc<AtomicU32>, SqlitePool) {
    async fn limit(connection: &mut SqliteConnection, pages: u32) -> Result<(), sqlx::Error> {
        let pragma = sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
        sqlx::query(pragma).execute(connection).await.map(drop)
    }
    let pages = Arc::new(AtomicU32::new(100_000));
    let (of_new, of_old) = (pages.clone(), pages.clone());
    // Each connection knows it by itself.
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .after_connect(move |connection, _| {
            Box::pin(limit(connection, of_new.load(Ordering::SeqCst)))
        })
        .before_acquire(move |connection, _| {
            let pages = of_old.load(Ordering::SeqCst);
            Box::pin(async move { limit(connection, pages).await.map(|()| true) })
        });
    (pages, pool.connect(url).await.unwrap())
}

/// Writes what takes up the last of the room, smaller and smaller.
async fn fill(store: &dyn Store) {
    let mut number = 0;
    for size in [2000, 200, 20, 1] {
        let mut refused = 0;
        // Pages have rests that the next record may just fit in, or not.
        while refused < 50 {
            number += 1;
            assert!(number < 10_000, "there is room without end");
            let value = vec![7; size];
            let write = Write::Put { revision: Revision::new().unwrap(), value, keep_until: None };
            let key = Key::of(Kind::Prefix, &[&number.to_string()]);
            let epoch = store.read(&[]).await.unwrap().epoch;
            match store.commit(epoch, &[Change { key, read: None, write }]).await {
                Ok(Commit::Done) => {}
                Err(StoreError::Full) => refused += 1,
                other => panic!("{other:?}"),
            }
        }
    }
}

/// Nothing is granted that is not written, whether it goes on or begins anew from the file.
#[tokio::test]
async fn f17_a_full_disk_grants_nothing_and_forgets_nothing() {
    for framework in Framework::ALL {
        let kept = Kept::sqlite();
        let place = kept.place().await;
        drop(place.open().await);
        let (room, pool) = limited(&place.url).await;
        let store: Arc<dyn Store> = Arc::new(SqlStore::from_sqlite(pool).await.unwrap());
        let setup = Setup::new(framework).store(store.clone());
        let after_restart = Setup::new(framework).clock(setup.clock.clone());
        let service = setup.start().await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        let used = app.code(service.now());
        assert_eq!(alice.step_up(&app).await.post("/mfa_fresh").await.status, 200);
        let open = alice.begin_mfa().await;
        // No more than there are.
        room.store(1, Ordering::SeqCst);
        fill(&*store).await;
        let events = service.events.kinds();
        assert_eq!(begin(&alice).await, (503, "full".to_owned()));
        let right = app.code(service.now());
        for code in [&right, &app.wrong_code(service.now()), &used, &right] {
            let answer = alice.prove(&open.id, &app.factor, code).await;
            assert_eq!((answer.status.as_u16(), answer.json().get("access_token")), (503, None));
            assert!(answer.json()["type"].as_str().unwrap().ends_with("/full"));
        }
        assert_eq!(service.events.kinds(), events, "nothing happened");
        assert_eq!(alice.state(&open.id).await.json()["status"], "pending");
        let anew = after_restart.store(place.open().await).start().await;
        let elsewhere = anew.login("alice").await.with_token(&alice.token);
        assert_eq!(elsewhere.state(&open.id).await.json()["status"], "pending");

        // What was used stays so, and what was not can be.
        room.store(100_000, Ordering::SeqCst);
        let answer = alice.prove(&open.id, &app.factor, &used).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["attempts_left"]), (403, &json!(4)));
        assert_eq!(alice.prove(&open.id, &app.factor, &right).await.status, 200);
        let other = elsewhere.begin_mfa().await;
        assert_eq!(elsewhere.prove(&other.id, &app.factor, &right).await.status, 403);
    }
}
