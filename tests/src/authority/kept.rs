//! The four kinds of store, each with nothing in it when a test begins.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sqlx::postgres::PgPoolOptions;
use stepup_authority::store::{MemoryStore, RedisStore, SqlStore, Store};

use crate::servers::folder::Folder;
use crate::servers::postgres::Postgres;
use crate::servers::redis::Redis;

/// Where an authority's records are kept in a test.
pub enum Kept {
    Memory,
    Sqlite(Folder),
    Postgres(Postgres),
    Redis(Redis),
}

/// One empty store, by the URL that the next handle to it is opened with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub url: String,
    /// Of Redis: what its keys begin with.
    pub namespace: String,
}

/// What a test finds out does not depend on how busy the machine is.
const PATIENCE: Duration = Duration::from_secs(10);

static NEXT: AtomicU32 = AtomicU32::new(0);

impl Kept {
    /// In a file.
    pub fn sqlite() -> Self {
        Self::Sqlite(Folder::new("sqlite"))
    }

    /// In a PostgreSQL of the test's own.
    pub fn postgres() -> Self {
        Self::Postgres(Postgres::start())
    }

    /// In a Redis of the test's own.
    pub fn redis() -> Self {
        Self::Redis(Redis::start())
    }

    /// A place with nothing in it.
    ///
    /// # Panics
    ///
    /// In memory there are no places: nobody else could open them.
    pub async fn place(&self) -> Place {
        let name = format!("test{}", NEXT.fetch_add(1, Ordering::SeqCst));
        let url = match self {
            Self::Memory => panic!("a store in memory cannot be opened again"),
            Self::Sqlite(folder) => format!("sqlite:{}", folder.path().join(&name).display()),
            Self::Postgres(server) => {
                let url = server.url();
                let pool = PgPoolOptions::new().max_connections(1).connect(&url).await;
                let pool = pool.expect("the server answers");
                let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
                sqlx::query(create).execute(&pool).await.expect("a database is made");
                let (server, _) = url.rsplit_once('/').expect("a URL with a database");
                format!("{server}/{name}")
            }
            Self::Redis(server) => server.url(),
        };
        Place { url, namespace: name }
    }

    /// An empty store.
    pub async fn store(&self) -> Arc<dyn Store> {
        match self {
            Self::Memory => Arc::new(MemoryStore::new()),
            _ => self.place().await.open().await,
        }
    }
}

impl Place {
    /// A handle to it, with connections of its own.
    pub async fn open(&self) -> Arc<dyn Store> {
        if self.url.starts_with("redis:") {
            let builder = RedisStore::builder(&self.url).namespace(&self.namespace);
            Arc::new(builder.patience(PATIENCE).open().await.expect("Redis opens"))
        } else {
            let builder = SqlStore::builder(&self.url).patience(PATIENCE);
            Arc::new(builder.open().await.expect("the database opens"))
        }
    }
}

/// Runs each of these functions in both frameworks on each kind of store; they take a
/// [`Setup`](crate::authority::Setup). Those that need a server are ignored unless asked for.
#[macro_export]
macro_rules! on_every_store {
    ($($name:ident)*) => {
        mod memory {
            $crate::on_every_store!(@each ($crate::authority::Kept::Memory) $($name)*);
        }
        mod sqlite {
            $crate::on_every_store!(@each ($crate::authority::Kept::sqlite()) $($name)*);
        }
        mod postgres {
            $crate::on_every_store!(
                @ignored "needs PostgreSQL" ($crate::authority::Kept::postgres()) $($name)*
            );
        }
        mod redis {
            $crate::on_every_store!(
                @ignored "needs Redis" ($crate::authority::Kept::redis()) $($name)*
            );
        }
    };
    (@each ($kept:expr) $($name:ident)*) => {$(
        #[tokio::test]
        async fn $name() {
            $crate::on_every_store!(@run $name $kept);
        }
    )*};
    (@ignored $why:literal ($kept:expr) $($name:ident)*) => {$(
        #[tokio::test]
        #[ignore = $why]
        async fn $name() {
            $crate::on_every_store!(@run $name $kept);
        }
    )*};
    (@run $name:ident $kept:expr) => {
        let kept = $kept;
        for framework in $crate::Framework::ALL {
            let setup = $crate::authority::Setup::new(framework).store(kept.store().await);
            super::$name(setup).await;
        }
    };
}
