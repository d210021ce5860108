//! Short words for what the tests do.

use std::sync::Arc;
use std::time::Duration;

use sqlx::{Connection, PgConnection};
use stepup_authority::store::{
    Change, Commit, Key, Kind, Record, Revision, SqlStore, Store, StoreError, Write,
};
use stepup_core::Timestamp;
use stepup_tests::servers::postgres::Postgres;

/// How long the authority waits for a store.
pub(crate) const PATIENCE: Duration = Duration::from_millis(250);

pub(crate) fn key(name: &str) -> Key {
    Key::of(Kind::Ceremony, &[name])
}

pub(crate) fn put(name: &str, read: Option<Revision>, value: &[u8]) -> Change {
    let revision = Revision::new().unwrap();
    let keep_until = Some(Timestamp::from_secs(2_000_000_000));
    Change {
        key: key(name),
        read,
        write: Write::Put { revision, value: value.to_vec(), keep_until },
    }
}

pub(crate) async fn commit(store: &dyn Store, changes: &[Change]) -> Result<Commit, StoreError> {
    let epoch = store.read(&[]).await?.epoch;
    store.commit(epoch, changes).await
}

pub(crate) async fn read(store: &dyn Store, name: &str) -> Result<Option<Record>, StoreError> {
    Ok(store.read(&[key(name)]).await?.records.remove(0))
}

/// As an operator, or an attacker, would.
pub(crate) async fn beside(server: &Postgres, statements: &'static str) {
    let mut connection = PgConnection::connect(&server.url()).await.unwrap();
    sqlx::raw_sql(statements).execute(&mut connection).await.expect(statements);
    connection.close().await.unwrap();
}

pub(crate) async fn open(url: &str) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(SqlStore::open(url).await?))
}

pub(crate) async fn create(store: &dyn Store, name: &str, value: &[u8]) {
    assert_eq!(commit(store, &[put(name, None, value)]).await, Ok(Commit::Done));
}
