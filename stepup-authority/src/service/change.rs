//! Who may change a user's factors.

use http::request::Parts;

use super::caller::Caller;
use crate::account::Account;
use crate::authority::{FirstEnrolment, Inner};
use crate::problem::{Problem, Refusal};

impl Inner {
    /// Whether this caller may add, replace or remove factors of the account: with a fresh proof
    /// at the highest level that its factors reach, or, while there are none, as the policy says
    /// (R-BIND-01, O27).
    ///
    /// # Errors
    ///
    /// The challenge of a step-up, as any guarded API sends it.
    pub(super) async fn check_may_change(
        &self,
        caller: &Caller,
        parts: &Parts,
        account: &Account,
    ) -> Result<(), Refusal> {
        if let Some(needed) = self.to_change(account) {
            caller.admit(parts, needed).await?;
            // A proof with a factor that is gone shows nothing any more.
            return if caller.is_from_before(account, self) {
                Err(Problem::Forgotten.into())
            } else {
                Ok(())
            };
        }
        if !account.factors.is_empty() {
            // All are disabled: a login alone must not replace them.
            return Err(Problem::Disabled.into());
        }
        match self.first_enrolment {
            FirstEnrolment::AfterLogin { .. } => caller.admit(parts, self.to_enrol_first).await,
            FirstEnrolment::ByService => Err(Problem::EnrolmentClosed.into()),
        }
    }

    /// Whether what the check went by is still so.
    pub(super) fn check_still_may_change(
        &self,
        before: &Account,
        now: &Account,
    ) -> Result<(), Problem> {
        let same = before.factors.is_empty() == now.factors.is_empty()
            && self.to_change(before) == self.to_change(now)
            && before.changed_at == now.changed_at;
        if same { Ok(()) } else { Err(Problem::Unavailable { retry_after: 1 }) }
    }
}
