//! The suite, over two handles with connections of their own.

use std::sync::Arc;

use stepup_authority::store::conformance::Suite;
use stepup_authority::store::{Commit, SqlStore, Store, StoreError};
use stepup_tests::servers::postgres::Postgres;

use super::scene::{beside, commit, create, open, put, read};

async fn conforms(server: &Postgres, suite: Suite) {
    suite.run(async || open(&server.url()).await).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask test"]
async fn s1_two_handles_conform() {
    let server = Postgres::start();
    conforms(&server, Suite::new().rounds(50)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask test"]
async fn s1_a_pool_of_the_service_conforms() {
    let server = Postgres::start();
    let pool = sqlx::PgPool::connect(&server.url()).await.unwrap();
    let store: Arc<dyn Store> = Arc::new(SqlStore::from_postgres(pool).await.unwrap());
    Suite::new().rounds(5).run(async || Ok(store.clone())).await.unwrap();
}

/// S2: whatever the operator chose, and however often the server therefore says that it would
/// have had to do two things at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask test"]
async fn s2_every_isolation_conforms() {
    let server = Postgres::start();
    for isolation in [
        "ALTER DATABASE postgres SET default_transaction_isolation = 'repeatable read'",
        "ALTER DATABASE postgres SET default_transaction_isolation = 'serializable'",
        "ALTER DATABASE postgres SET default_transaction_isolation = 'read committed'",
    ] {
        beside(&server, isolation).await;
        conforms(&server, Suite::new().rounds(5).takers(16)).await;
    }
}

/// S2: a conflict is one wherever in the commit it is found, and nothing of the commit is left.
#[tokio::test]
#[ignore = "needs PostgreSQL: cargo xtask test"]
async fn s2_injected_failures_are_conflicts() {
    let server = Postgres::start();
    let store = SqlStore::open(&server.url()).await.unwrap();
    create(&store, "there", b"v").await;
    for (failure, conflicts) in [
        (
            "CREATE OR REPLACE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$",
            true,
        ),
        (
            "CREATE OR REPLACE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40P01'; END $$",
            true,
        ),
        (
            "CREATE OR REPLACE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100'; END $$",
            false,
        ),
        (
            "CREATE OR REPLACE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'XX000'; END $$",
            false,
        ),
    ] {
        beside(&server, failure).await;
        beside(&server, "DROP TRIGGER IF EXISTS fail ON stepup_records;
            CREATE TRIGGER fail AFTER UPDATE ON stepup_records FOR EACH ROW EXECUTE FUNCTION fail()")
            .await;
        let there = read(&store, "there").await.unwrap().unwrap();
        let changes = [put("new", None, b"v"), put("there", Some(there.revision), b"w")];
        let outcome = commit(&store, &changes).await;
        match conflicts {
            true => assert_eq!(outcome, Ok(Commit::Conflict), "{failure}"),
            false => assert!(outcome.is_err(), "{failure}"),
        }
        if failure.contains("53100") {
            assert_eq!(outcome, Err(StoreError::Full));
        }
        assert_eq!(read(&store, "new").await.unwrap(), None);
        assert_eq!(read(&store, "there").await.unwrap().unwrap(), there);
    }
    beside(&server, "DROP TRIGGER fail ON stepup_records").await;
    let there = read(&store, "there").await.unwrap().unwrap();
    let changed = commit(&store, &[put("there", Some(there.revision), b"w")]).await;
    assert_eq!(changed, Ok(Commit::Done));
}

/// S2: a write that met no row is not done, even if the server does not mind.
#[tokio::test]
#[ignore = "needs PostgreSQL: cargo xtask test"]
async fn s2_rows_that_were_not_written_are_noticed() {
    let server = Postgres::start();
    let store = SqlStore::open(&server.url()).await.unwrap();
    create(&store, "there", b"v").await;
    beside(
        &server,
        "CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN RETURN NULL; END $$;
          CREATE TRIGGER skip BEFORE INSERT OR UPDATE OR DELETE ON stepup_records
          FOR EACH ROW EXECUTE FUNCTION skip()",
    )
    .await;
    let revision = read(&store, "there").await.unwrap().unwrap().revision;
    let replace = put("there", Some(revision), b"w");
    let remove = stepup_authority::store::Change {
        write: stepup_authority::store::Write::Remove,
        ..replace.clone()
    };
    for change in [replace, remove, put("new", None, b"v")] {
        let outcome = commit(&store, std::slice::from_ref(&change)).await;
        assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{change:?}: {outcome:?}");
    }
}

/// S8: whatever a record belongs to, it is a parameter and no part of a statement.
#[tokio::test]
#[ignore = "needs PostgreSQL: cargo xtask test"]
async fn s8_names_are_not_statements() {
    let server = Postgres::start();
    let store = SqlStore::open(&server.url()).await.unwrap();
    let huge = "x".repeat(1 << 20);
    let names = ["'; DROP TABLE stepup_records; --", "a:b", "a\0b", "*", "{a}", "$1", "\\", &huge];
    for name in names {
        let value = name.get(..name.len().min(1000)).unwrap().as_bytes();
        assert_eq!(commit(&store, &[put(name, None, value)]).await, Ok(Commit::Done));
    }
    for name in names {
        let value = name.get(..name.len().min(1000)).unwrap().as_bytes();
        assert_eq!(read(&store, name).await.unwrap().unwrap().value, value);
    }
}
