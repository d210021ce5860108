//! What factors keep elsewhere of what a user has no more.

use std::sync::Arc;

use stepup_core::Timestamp;
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::prompt::ELSEWHERE;
use super::withdraw::a_moment;
use crate::account::EnrolledFactor;
use crate::authority::Inner;
use crate::factor::{Factor, Removal, User};

/// It outlives the request that removed it.
struct Removed {
    factor: Arc<dyn Factor>,
    issuer: String,
    subject: String,
    data: Zeroizing<Vec<u8>>,
    now: Timestamp,
}

impl Inner {
    /// Has the factors clear away what they keep elsewhere, as far as they can, and waits a moment
    /// for it. It is removed, whatever comes of this.
    pub(super) async fn clear_away(&self, subject: &str, removed: &[EnrolledFactor]) {
        let removed = removed.iter().filter_map(|enrolled| {
            let factor = self.factors.iter().find(|factor| factor.method() == enrolled.method)?;
            Some(Removed {
                factor: factor.clone(),
                issuer: self.issuer.issuer().to_owned(),
                subject: subject.to_owned(),
                data: self.data_of(subject, enrolled).ok()?,
                now: self.now(),
            })
        });
        a_moment(removed.map(|one| self.under_way.spawn(one.clear_away())).collect()).await;
    }
}

impl Removed {
    async fn clear_away(self) {
        let user = User { issuer: &self.issuer, subject: &self.subject, enrolled: &[] };
        let removal = Removal { data: &self.data, user, now: self.now };
        if timeout(ELSEWHERE, self.factor.removed(removal)).await.is_err() {
            let method = self.factor.method();
            tracing::warn!(method, "what a user has no more was not cleared away in time");
        }
    }
}
