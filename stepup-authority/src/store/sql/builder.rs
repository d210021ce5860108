//! From a URL to a store.

use std::fmt;
use std::time::Duration;

use super::{Database, SqlStore};
use crate::store::{StoreError, patience};

const CONNECTIONS: u32 = 10;

/// What a [`SqlStore`] is opened with; begun by [`SqlStore::builder`].
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), stepup_authority::store::StoreError> {
/// # #[cfg(feature = "sqlite")] {
/// use stepup_authority::store::SqlStore;
///
/// let store = SqlStore::builder("sqlite::memory:").open().await?;
/// # }
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct SqlStoreBuilder {
    url: String,
    connections: u32,
    patience: Duration,
}

impl SqlStoreBuilder {
    pub(super) fn new(url: &str) -> Self {
        Self { url: url.to_owned(), connections: CONNECTIONS, patience: patience::DEFAULT }
    }

    /// How many connections there are at most: ten unless set, one at least. A database in memory
    /// has one.
    ///
    /// ```
    /// use stepup_authority::store::SqlStore;
    /// let builder = SqlStore::builder("postgres://bank@localhost/bank").connections(4);
    /// ```
    pub fn connections(mut self, most: u32) -> Self {
        self.connections = most.max(1);
        self
    }

    /// How long an operation waits for a connection, and then for others to let go of what it
    /// needs, before it is [`Unavailable`](StoreError::Unavailable): 200 ms each unless set; 50 ms
    /// to 10 s. PostgreSQL ends a statement that takes a quarter longer than this.
    ///
    /// More is for machines that are slow or busy. A request waits for no longer than the
    /// authority's [`store_patience`](crate::AuthorityBuilder::store_patience), whatever is set
    /// here.
    ///
    /// ```
    /// use std::time::Duration;
    /// use stepup_authority::store::SqlStore;
    ///
    /// let builder = SqlStore::builder("sqlite:/var/lib/bank/step-up.db")
    ///     .patience(Duration::from_secs(1));
    /// ```
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Connects, and makes the tables or brings them up to date.
    ///
    /// # Errors
    ///
    /// As [`SqlStore::open`]; and [`Refused`](StoreError::Refused) for a
    /// [patience](Self::patience) out of bounds.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), stepup_authority::store::StoreError> {
    /// use stepup_authority::store::SqlStore;
    /// let store =
    ///     SqlStore::builder("sqlite:/var/lib/bank/step-up.db").connections(4).open().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn open(self) -> Result<SqlStore, StoreError> {
        patience::check(self.patience)?;
        let scheme = self.url.split_once(':').map(|(scheme, _)| scheme);
        match scheme {
            #[cfg(feature = "sqlite")]
            Some("sqlite") => Ok(SqlStore(Database::Sqlite(
                super::sqlite::open(&self.url, self.connections, self.patience).await?,
            ))),
            #[cfg(feature = "postgres")]
            Some("postgres" | "postgresql") => Ok(SqlStore(Database::Postgres(
                super::postgres::open(&self.url, self.connections, self.patience).await?,
            ))),
            #[cfg(not(feature = "sqlite"))]
            Some("sqlite") => Err(without("sqlite")),
            #[cfg(not(feature = "postgres"))]
            Some("postgres" | "postgresql") => Err(without("postgres")),
            _ => Err(StoreError::Refused(
                "the URL of the database begins with neither `sqlite:` nor `postgres://`"
                    .to_owned(),
            )),
        }
    }
}

#[cfg(not(all(feature = "postgres", feature = "sqlite")))]
fn without(feature: &str) -> StoreError {
    StoreError::Refused(format!(
        "this program is built without the feature `{feature}` of stepup-authority"
    ))
}

/// There is a password in the URL.
impl fmt::Debug for SqlStoreBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlStoreBuilder")
            .field("connections", &self.connections)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Before the URL is looked at, so the database need not be there.
    #[tokio::test]
    async fn f1_patience_out_of_bounds_is_refused() {
        for odd in [Duration::from_millis(49), Duration::from_secs(11)] {
            for url in ["sqlite:/nowhere/at/all.db", "postgres://u@127.0.0.1:1/d"] {
                let refused = SqlStore::builder(url).patience(odd).open().await;
                let Err(StoreError::Refused(why)) = refused else { panic!("{url}: {refused:?}") };
                assert!(why.contains("50ms to 10s"), "{why}");
            }
        }
    }

    #[test]
    fn what_is_set_is_shown_without_the_password() {
        let builder = SqlStore::builder("postgres://user:secret@db.internal/bank");
        let shown = format!("{builder:?}");
        assert_eq!(shown, "SqlStoreBuilder { connections: 10, patience: 200ms, .. }");
        let none = format!("{:?}", builder.connections(0).patience(Duration::from_secs(1)));
        assert_eq!(none, "SqlStoreBuilder { connections: 1, patience: 1s, .. }");
    }
}
