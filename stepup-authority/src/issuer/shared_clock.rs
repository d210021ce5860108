//! One clock for an issuer and its gates.

use std::sync::Arc;

use stepup_core::{Clock, Timestamp};

#[derive(Debug)]
pub(super) struct SharedClock(pub(super) Arc<dyn Clock>);

impl Clock for SharedClock {
    fn now(&self) -> Timestamp {
        self.0.now()
    }
}
