//! Where the keys of an issuer come from, and what to do when they do not fit.

use std::pin::Pin;
#[cfg(feature = "discovery")]
use std::sync::Arc;

use super::keys::KeySet;
use super::live_keys::LiveKeys;
#[cfg(feature = "discovery")]
use super::remote::RemoteKeys;
use super::verifier::{TokenFault, VerifyError};
use crate::clock::Timestamp;

#[derive(Debug)]
pub(super) enum KeySource {
    /// Given when the gate was built.
    Local(KeySet),
    /// Replaced by whoever gave them.
    Live(LiveKeys),
    /// Fetched, and fetched again.
    #[cfg(feature = "discovery")]
    Remote(Arc<RemoteKeys>),
}

/// Why the keys at hand do not decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// They are too old to go by.
    #[cfg(feature = "discovery")]
    Stale,
    /// None is the one that the token names.
    Unknown,
}

/// A fetch under way. Any number of requests wait for the same one.
pub(super) type Flight = Pin<Box<dyn Future<Output = ()> + Send>>;

impl KeySource {
    /// Whether there are none, and none are fetched.
    #[cfg(feature = "introspection")]
    pub(super) fn is_none(&self) -> bool {
        matches!(self, Self::Local(keys) if keys.is_empty())
    }

    /// Reads the keys as they are now, without a lock.
    pub(super) fn read<T>(
        &self,
        now: Timestamp,
        read: impl FnOnce(&KeySet) -> T,
    ) -> Result<T, Unfit> {
        match self {
            Self::Local(keys) => {
                let _ = now;
                Ok(read(keys))
            }
            Self::Live(keys) => Ok(keys.read(read)),
            #[cfg(feature = "discovery")]
            Self::Remote(keys) => keys.read(now, read),
        }
    }

    /// Whether what they vouched for before still counts.
    pub(super) fn check(&self, now: Timestamp) -> Result<(), Unfit> {
        match self {
            Self::Local(_) | Self::Live(_) => {
                let _ = now;
                Ok(())
            }
            #[cfg(feature = "discovery")]
            Self::Remote(keys) => keys.check(now),
        }
    }

    /// A fetch that may help, if there is one to wait for.
    pub(super) fn fetch(&self, unfit: Unfit, now: Timestamp) -> Option<Flight> {
        match self {
            Self::Local(_) | Self::Live(_) => {
                let _ = (unfit, now);
                None
            }
            #[cfg(feature = "discovery")]
            Self::Remote(keys) => keys.fetch(unfit, now),
        }
    }
}

impl From<Unfit> for VerifyError {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            // They are fetched again every few seconds.
            #[cfg(feature = "discovery")]
            Unfit::Stale => Self::Unavailable { retry_after: std::time::Duration::from_secs(5) },
            Unfit::Unknown => Self::Invalid(TokenFault::Key),
        }
    }
}
