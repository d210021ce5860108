//! Taking back what was asked, once nobody is to answer it.

use std::sync::Arc;
use std::time::Duration;

use stepup_core::Timestamp;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::prompt::ELSEWHERE;
use crate::account::Account;
use crate::authority::Inner;
use crate::ceremony::{Asked, Ceremony, CeremonyId, Pending};
use crate::factor::{Factor, User, Withdrawal};

/// How long who gives a ceremony up waits for the way to be free for another.
const A_MOMENT: Duration = Duration::from_millis(250);

/// What a factor has asked for. It outlives the request that ends it.
pub(super) struct Outstanding {
    factor: Arc<dyn Factor>,
    issuer: String,
    subject: String,
    data: Zeroizing<Vec<u8>>,
    kept: Zeroizing<Vec<u8>>,
    is_asked_anew: bool,
    now: Timestamp,
}

impl Inner {
    /// What this ceremony has asked for, but by this factor, whose answer ends it.
    pub(super) fn outstanding(
        &self,
        subject: &str,
        id: &CeremonyId,
        account: &Account,
        ceremony: &Ceremony<Pending>,
        but: Option<&str>,
    ) -> Vec<Outstanding> {
        let prompts = ceremony.state.prompts.iter();
        let others = prompts.filter(|asked| Some(asked.factor.as_str()) != but);
        others.filter_map(|asked| self.outstanding_of(subject, id, account, asked)).collect()
    }

    /// What one prompt of a step-up has asked for. What cannot be opened is left to run out.
    pub(super) fn outstanding_of(
        &self,
        subject: &str,
        id: &CeremonyId,
        account: &Account,
        asked: &Asked,
    ) -> Option<Outstanding> {
        let enrolled = account.factor(&asked.factor)?;
        let factor = self.factors.iter().find(|factor| factor.method() == enrolled.method)?;
        Some(Outstanding {
            factor: factor.clone(),
            issuer: self.issuer.issuer().to_owned(),
            subject: subject.to_owned(),
            data: self.data_of(subject, enrolled).ok()?,
            kept: self.open(&["prompt", id.as_str(), &asked.factor], &asked.kept).ok()?,
            is_asked_anew: false,
            now: self.now(),
        })
    }

    /// Has factors take back what they asked for, as far as they can. It goes on beside the answer
    /// to whoever ended the ceremony: it is over, whatever comes of this.
    pub(super) fn withdraw(
        &self,
        outstanding: impl IntoIterator<Item = Outstanding>,
    ) -> Vec<JoinHandle<()>> {
        outstanding.into_iter().map(|one| self.under_way.spawn(one.withdraw())).collect()
    }

    /// The same, and waits a moment for it.
    pub(super) async fn withdraw_first(&self, outstanding: Vec<Outstanding>) {
        a_moment(self.withdraw(outstanding)).await;
    }
}

impl Outstanding {
    /// The factor has asked anew since.
    pub(super) fn asked_anew(self) -> Self {
        Self { is_asked_anew: true, ..self }
    }

    async fn withdraw(self) {
        let enrolled = [self.data.as_slice()];
        let user = User { issuer: &self.issuer, subject: &self.subject, enrolled: &enrolled };
        let withdrawn = self.factor.withdraw(Withdrawal {
            data: &self.data,
            user,
            kept: &self.kept,
            is_asked_anew: self.is_asked_anew,
            now: self.now,
        });
        if timeout(ELSEWHERE, withdrawn).await.is_err() {
            let method = self.factor.method();
            tracing::warn!(method, "what a user was asked was not withdrawn in time");
        }
    }
}

/// Waits a moment for what is done beside. Whatever takes longer goes on.
pub(super) async fn a_moment(done: Vec<JoinHandle<()>>) {
    let all = async {
        for one in done {
            // One that panics has done nothing.
            let _ = one.await;
        }
    };
    let _ = timeout(A_MOMENT, all).await;
}
