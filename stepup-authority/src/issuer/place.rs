//! Where an issuer is, by its name.

use std::sync::Arc;

use super::Issuer;
use crate::sealing::SealingKeys;
use crate::store::Store;

impl Issuer {
    /// Scheme, host and port, as a browser has them (RFC 6454 §6.2).
    pub(crate) fn origin(&self) -> &str {
        let name = self.issuer();
        name.strip_suffix(self.path()).unwrap_or(name)
    }

    /// What follows: nothing, or `/` and more.
    pub(crate) fn path(&self) -> &str {
        let begin = self.issuer().find("://").map_or(0, |at| at + "://".len());
        let rest = self.issuer().get(begin..).unwrap_or_default();
        rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default()
    }

    pub(crate) fn store(&self) -> &Arc<dyn Store> {
        &self.0.store
    }

    pub(crate) fn sealing(&self) -> &SealingKeys {
        &self.0.sealing
    }
}
