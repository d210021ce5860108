//! Throwing away what need not be kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use stepup_core::Timestamp;

use crate::authority::Inner;

/// When it was last done.
#[derive(Debug, Default)]
pub(crate) struct Swept(AtomicU64);

/// How many records are thrown away at once: a store is not kept from its work for long.
const AT_ONCE: usize = 500;
/// How many times in a row.
const TIMES: usize = 4;

impl Inner {
    /// Has the store throw away what is over, at most once a second, beside the request that
    /// happens to be there.
    pub(super) fn sweep(self: &Arc<Self>) {
        let now = self.now();
        let last = self.swept.0.swap(now.as_secs(), Ordering::AcqRel);
        if last == now.as_secs() {
            return;
        }
        let inner = Arc::clone(self);
        self.under_way.spawn(async move {
            // Another instance's clock may be behind.
            let before = Timestamp::from_secs(now.as_secs().saturating_sub(60));
            for _ in 0..TIMES {
                let swept = inner.issuer.store().sweep(before, AT_ONCE);
                match tokio::time::timeout(inner.store_patience, swept).await {
                    Ok(Ok(AT_ONCE)) => tokio::task::yield_now().await,
                    Ok(Err(error)) => {
                        tracing::warn!(%error, "the authority's store cannot be swept");
                        return;
                    }
                    Ok(Ok(_)) | Err(_) => return,
                }
            }
        });
    }
}
