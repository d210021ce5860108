//! Where the authority remembers.

use std::sync::Arc;
use std::time::Duration;

use stepup_authority::store::{
    MemoryStore, RedisStore, SqlStore, SqlStoreBuilder, Store, StoreError,
};

use crate::StartError;
use crate::options::Place;

/// With a file, for the disk of a laptop that does something else as well. With a server the default
/// is better, a fraction of a second: there are other instances to ask.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// The store and, where it is a database, that by which it is closed in the end.
type Opened<E> = Result<(Arc<dyn Store>, Option<Arc<SqlStore>>), E>;

pub(crate) async fn open(place: &Place) -> Opened<StartError> {
    let opened = match place {
        Place::Memory => Ok((Arc::new(MemoryStore::new()) as _, None)),
        Place::Sqlite(path) => {
            database(SqlStore::builder(&format!("sqlite:{}", path.display())).patience(PATIENCE))
                .await
        }
        Place::Postgres(url) => database(SqlStore::builder(url)).await,
        Place::Redis(url) => redis(url).await,
    };
    Ok(opened.map_err(|error| format!("the store cannot be used: {error}; look at --store"))?)
}

async fn database(store: SqlStoreBuilder) -> Opened<StoreError> {
    let store = Arc::new(store.open().await?);
    Ok((store.clone(), Some(store)))
}

async fn redis(url: &str) -> Opened<StoreError> {
    let store = RedisStore::builder(url).namespace("bank").open().await?;
    Ok((Arc::new(store), None))
}
