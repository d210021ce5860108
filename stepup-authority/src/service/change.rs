//! Who may change a user's factors.

use http::request::Parts;

use super::caller::Caller;
use crate::account::Account;
use crate::authority::{FirstEnrolment, Inner};
use crate::change_rules::ChangeRule;
use crate::problem::{Problem, Refusal};

impl Inner {
    /// Whether this caller may add, replace or remove factors of the account: with a fresh proof
    /// at the highest level that its factors reach, or, while there are none, as the policy says
    /// (R-BIND-01, O27).
    ///
    /// # Errors
    ///
    /// The challenge of a step-up, as any guarded API sends it; or, where there is nothing to step up
    /// with, that it takes another login.
    pub(super) async fn check_may_change(
        &self,
        caller: &Caller,
        parts: &Parts,
        account: &Account,
    ) -> Result<(), Refusal> {
        let is_first = account.factors.is_empty();
        if is_first && self.first_enrolment == FirstEnrolment::ByService {
            return Err(Problem::EnrolmentClosed.into());
        }
        let rule = self.change_rule(account).ok_or(Problem::EnrolmentClosed)?;
        let admitted = caller.admit(parts, rule.needed).await;
        admitted.map_err(|refusal| if is_first { self.unmeetable(refusal) } else { refusal })?;
        // What a factor proved that is gone shows nothing any more; a login still is one, where
        // none is left.
        if caller.is_from_before(account, self) && (!is_first || caller.is_proof(self)) {
            return Err(Problem::Forgotten.into());
        }
        Ok(())
    }

    /// No ceremony meets a challenge for who has no factor.
    fn unmeetable(&self, refusal: Refusal) -> Refusal {
        match (&refusal, self.first_enrolment) {
            (Refusal::Gate(rejection), FirstEnrolment::AfterLogin { within })
                if rejection.shortfall().is_some() =>
            {
                Problem::LoginTooOld { max_age: within.as_secs() }.into()
            }
            _ => refusal,
        }
    }

    fn change_rule(&self, account: &Account) -> Option<&ChangeRule> {
        self.change_rules.of(account, &self.factors)
    }

    /// By what a record remembers the rule that was gone by: another one, or a factor that was
    /// removed since, is another name.
    pub(super) fn change_rule_name(&self, account: &Account) -> String {
        let rule = self.change_rule(account).map_or("none", |rule| &rule.name);
        format!("{rule} {}", account.removals)
    }

    /// Whether what the check went by is still so.
    pub(super) fn check_still_may_change(
        &self,
        before: &Account,
        now: &Account,
    ) -> Result<(), Problem> {
        let same = self.change_rule_name(before) == self.change_rule_name(now);
        if same { Ok(()) } else { Err(Problem::Unavailable { retry_after: 1 }) }
    }
}
