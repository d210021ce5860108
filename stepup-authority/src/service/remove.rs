//! What the service takes away from a user by itself.

use std::sync::Arc;

use super::directly::see_the_log;
use super::tell::About;
use crate::authority::{Authority, Inner};
use crate::books::Keys;
use crate::event::EventKind;
use crate::problem::{Problem, Refusal};
use crate::store::StoreError;

impl Authority {
    /// Removes all factors of a user, for one who lost them all and was identified in another way;
    /// and for one who leaves. What they proved before counts no more here; tell the gates with
    /// [`Gate::forget`](stepup_core::Gate::forget).
    ///
    /// Returns how many there were.
    ///
    /// # Errors
    ///
    /// The store does not answer, or its answer was late: then they may be gone without an event or
    /// a notice that says so, and [`methods_of`](Self::methods_of) says what is left.
    ///
    /// ```
    /// use stepup_authority::Authority;
    /// use stepup_authority::store::StoreError;
    ///
    /// async fn lost_their_phone(authority: &Authority) -> Result<(), StoreError> {
    ///     authority.remove_factors_of("alice").await?;
    ///     Ok(())
    /// }
    /// ```
    pub async fn remove_factors_of(&self, subject: &str) -> Result<usize, StoreError> {
        self.remove(subject, None).await
    }

    /// Removes a user's factors of one method, by their `sub` in the authority's tokens: for an
    /// address, a number or a device of which the service knows that it is no longer theirs. What
    /// they proved before counts no more here; tell the gates with
    /// [`Gate::forget`](stepup_core::Gate::forget), where that is too long. Where it is all that they
    /// have ([`methods_of`](Self::methods_of)), whoever has their login can enrol the first one anew
    /// ([`FirstEnrolment`](crate::FirstEnrolment)): have them enrol another before.
    ///
    /// Returns how many there were.
    ///
    /// # Errors
    ///
    /// The store does not answer, or its answer was late: then they may be gone without an event or
    /// a notice that says so, and [`methods_of`](Self::methods_of) says what is left.
    ///
    /// ```
    /// use stepup_authority::Authority;
    /// use stepup_authority::store::StoreError;
    ///
    /// async fn has_another_address(authority: &Authority) -> Result<(), StoreError> {
    ///     authority.remove_method_of("alice", "email").await?;
    ///     Ok(())
    /// }
    /// ```
    pub async fn remove_method_of(&self, subject: &str, method: &str) -> Result<usize, StoreError> {
        self.remove(subject, Some(method)).await
    }

    async fn remove(&self, subject: &str, method: Option<&str>) -> Result<usize, StoreError> {
        let (inner, subject) = (self.inner.clone(), subject.to_owned());
        let method = method.map(str::to_owned);
        let removed = async move { inner.remove(&subject, method.as_deref()).await };
        self.to_the_end(removed).await.unwrap_or_else(|_| Err(see_the_log()))
    }
}

impl Inner {
    async fn remove(
        self: Arc<Self>,
        subject: &str,
        method: Option<&str>,
    ) -> Result<usize, StoreError> {
        let keys = Keys::of_account(self.account_key(subject));
        let now = self.now();
        let removed = self
            .desk()
            .change(&keys, now, |books| {
                let is_meant = |of: &str| method.is_none_or(|method| method == of);
                Ok(books.account.remove(now, |factor| is_meant(&factor.method)))
            })
            .await
            .map_err(|refusal| match refusal {
                Refusal::Problem(Problem::StoreFull) => StoreError::Full,
                _ => see_the_log(),
            })?;
        for factor in &removed {
            let about = About { method: Some(&factor.method), ..About::default() };
            self.tell_of(EventKind::Removed, subject, None, about);
        }
        self.clear_away(subject, &removed).await;
        Ok(removed.len())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::to_the_end::tests::authority;

    #[tokio::test]
    async fn factors_of_one_method_go_and_the_others_stay() {
        let authority = authority(|builder| builder).await;
        for (user, method) in
            [("alice", "totp"), ("alice", "totp"), ("alice", "recovery"), ("bob", "totp")]
        {
            authority.enrol_for(user, method, &json!({})).await.unwrap();
        }
        assert_eq!(authority.remove_method_of("alice", "totp").await, Ok(2));
        assert_eq!(authority.remove_method_of("alice", "totp").await, Ok(0));
        assert_eq!(authority.remove_factors_of("alice").await, Ok(1));
        assert_eq!(authority.remove_factors_of("bob").await, Ok(1));
    }
}
