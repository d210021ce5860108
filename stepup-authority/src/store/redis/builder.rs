//! From a URL to a store.

use std::fmt;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use redis::{Client, Value};

use super::link::Link;
use super::script::{Call, Scripts};
use super::{RedisStore, address, server};
use crate::store::{StoreError, patience};

/// What a [`RedisStore`] is opened with; begun by [`RedisStore::builder`].
///
/// ```no_run
/// # async fn example() -> Result<(), stepup_authority::store::StoreError> {
/// let store = stepup_authority::store::RedisStore::builder("redis://127.0.0.1/").open().await?;
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct RedisStoreBuilder {
    url: String,
    namespace: String,
    patience: Duration,
    unprotected: bool,
}

impl RedisStoreBuilder {
    pub(super) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            namespace: "stepup".to_owned(),
            patience: patience::DEFAULT,
            unprotected: false,
        }
    }

    /// What sets these keys apart from all others in the same Redis: each begins with `{name}:`.
    /// Without it, `stepup`. Instances of one service share it; it is made of at most 64 ASCII
    /// letters, digits, `-`, `_` and `.`.
    ///
    /// ```
    /// use stepup_authority::store::RedisStore;
    /// let builder = RedisStore::builder("redis://127.0.0.1/").namespace("orders-staging");
    /// ```
    pub fn namespace(mut self, name: impl Into<String>) -> Self {
        self.namespace = name.into();
        self
    }

    /// How long an operation may take, a new connection included, before it is
    /// [`Unavailable`](StoreError::Unavailable): 200 ms unless set; 50 ms to 10 s.
    ///
    /// More is for machines that are slow or busy. A request waits for no longer than the
    /// authority's [`store_patience`](crate::AuthorityBuilder::store_patience), whatever is set
    /// here.
    ///
    /// ```
    /// use std::time::Duration;
    /// use stepup_authority::store::RedisStore;
    ///
    /// let builder = RedisStore::builder("redis://127.0.0.1/").patience(Duration::from_secs(1));
    /// ```
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Takes a Redis on another machine that is reached without TLS, or without a password. Whoever
    /// is on that network then reads what is stored, and may write it. Says so in the log.
    ///
    /// ```
    /// use stepup_authority::store::RedisStore;
    /// let builder = RedisStore::builder("redis://redis:6379/").danger_unprotected();
    /// ```
    pub fn danger_unprotected(mut self) -> Self {
        self.unprotected = true;
        self
    }

    /// Connects, and looks whether this Redis is fit to keep what must not be forgotten.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), stepup_authority::store::StoreError> {
    /// use stepup_authority::store::RedisStore;
    /// let store = RedisStore::builder("redis://127.0.0.1/").open().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Refused`](StoreError::Refused), with what to do: a URL or namespace that is none; a
    /// patience out of bounds; no TLS or no password, and not this machine; a wrong password; commands that are not permitted; an
    /// eviction policy other than `noeviction`, a replica, a cluster, or a Redis before 7.
    /// [`Unavailable`](StoreError::Unavailable): there is no answer.
    pub async fn open(self) -> Result<RedisStore, StoreError> {
        patience::check(self.patience)?;
        let info = address::read(&self.url)?;
        match address::danger(&info) {
            Some(danger) if self.unprotected => tracing::error!("DANGER: Redis: {danger}"),
            Some(danger) => {
                return Err(StoreError::Refused(format!(
                    "Redis is on another machine, and {danger}; `danger_unprotected()` takes it \
                     all the same"
                )));
            }
            None => {}
        }
        check_namespace(&self.namespace)?;
        choose_cryptography();
        let client = Client::open(info).map_err(|_| {
            StoreError::Refused("the URL's settings do not fit together: look at it".to_owned())
        })?;
        let store = RedisStore {
            link: Link::new(client, self.patience),
            scripts: Scripts::new(),
            namespace: self.namespace.into(),
            seen: AtomicBool::new(false),
        };
        store.check().await?;
        Ok(store)
    }
}

impl RedisStore {
    async fn check(&self) -> Result<(), StoreError> {
        let info = self.link.info().await.map_err(|fault| fault.at_start(&self.namespace))?;
        if let Some(why) = server::refusal(&info) {
            return Err(StoreError::Refused(format!("this Redis cannot be used: {why}")));
        }
        let name = vec![format!("{{{}}}:permitted", self.namespace)];
        let call = Call::new(&self.scripts.permitted, name);
        let is_number = |value| matches!(value, Value::Int(_)).then_some(());
        let permitted = self.link.run(&call, is_number).await;
        permitted.map_err(|fault| fault.at_start(&self.namespace))
    }
}

fn check_namespace(name: &str) -> Result<(), StoreError> {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if (1..=64).contains(&name.len()) && name.bytes().all(letter) {
        return Ok(());
    }
    Err(StoreError::Refused(
        "the namespace is not a plain name: 1 to 64 ASCII letters, digits, `-`, `_` and `.`, as in \
         `orders-staging`"
            .to_owned(),
    ))
}

/// The client takes what is chosen for the whole process, and panics where nothing is.
fn choose_cryptography() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Somebody else was faster: then theirs.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    }
}

/// There is a password in the URL.
impl fmt::Debug for RedisStoreBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStoreBuilder")
            .field("namespace", &self.namespace)
            .field("patience", &self.patience)
            .field("unprotected", &self.unprotected)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s8_a_namespace_is_a_plain_name() {
        for name in ["a", "stepup", "orders-staging", "A_1.b", &"x".repeat(64)] {
            assert_eq!(check_namespace(name), Ok(()), "{name}");
        }
        let long = "x".repeat(65);
        let huge = "x".repeat(1 << 20);
        for name in ["", "a b", "a:b", "}", "{a}", "*", "a\0", "a\n", "é", &long, &huge] {
            let Err(StoreError::Refused(_)) = check_namespace(name) else {
                panic!("{} bytes are taken", name.len());
            };
        }
    }

    /// Before anything is sent, so nobody need be there.
    #[tokio::test]
    async fn f1_patience_out_of_bounds_is_refused() {
        for odd in [Duration::from_millis(49), Duration::from_secs(11)] {
            let refused = RedisStore::builder("redis://127.0.0.1:1/").patience(odd).open().await;
            let Err(StoreError::Refused(why)) = refused else { panic!("{refused:?}") };
            assert!(why.contains("50ms to 10s"), "{why}");
        }
    }

    #[test]
    fn what_is_shown_has_no_password() {
        let builder = RedisStore::builder("rediss://user:secret@redis.example/");
        let shown = format!("{builder:?}");
        assert!(!shown.contains("secret") && !shown.contains("user"), "{shown}");
        assert!(shown.contains("patience: 200ms"), "{shown}");
    }
}
