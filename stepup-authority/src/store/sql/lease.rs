//! A connection on loan from a pool.

use sqlx::pool::PoolConnection;
use sqlx::{Database, Error, Pool};

/// Goes back only when its borrower says that all is well. Whoever is dropped half-way, or fails,
/// leaves a connection of which nobody knows what it will say next: it is closed, which undoes
/// what was begun, and its place in the pool is free at once.
pub(super) struct Lease<DB: Database>(Option<PoolConnection<DB>>);

impl<DB: Database> Lease<DB> {
    pub(super) async fn of(pool: &Pool<DB>) -> Result<Self, Error> {
        pool.acquire().await.map(|connection| Self(Some(connection)))
    }

    pub(super) fn connection(&mut self) -> Result<&mut DB::Connection, Error> {
        self.0.as_deref_mut().ok_or(Error::PoolClosed)
    }

    pub(super) fn give_back(mut self) {
        drop(self.0.take());
    }
}

impl<DB: Database> Drop for Lease<DB> {
    fn drop(&mut self) {
        drop(self.0.take().map(PoolConnection::detach));
    }
}
