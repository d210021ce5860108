//! What the service removes of a user's factors, where the others stay.

use super::tell::About;
use crate::authority::Authority;
use crate::books::Keys;
use crate::event::EventKind;
use crate::problem::{Problem, Refusal};
use crate::store::StoreError;

impl Authority {
    /// Removes a user's factors of one method, by their `sub` in the authority's tokens: for an
    /// address, a number or a device of which the service knows that it is no longer theirs. What
    /// they proved before counts no more here; tell the gates with
    /// [`Gate::forget`](stepup_core::Gate::forget), where that is too long.
    ///
    /// Returns how many there were.
    ///
    /// # Errors
    ///
    /// The store does not answer.
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
        let inner = &self.inner;
        let keys = Keys::of_account(inner.account_key(subject));
        let now = inner.now();
        let removed = inner
            .desk()
            .change(&keys, now, |books| {
                Ok(books.account.remove(now, |factor| factor.method == method))
            })
            .await
            .map_err(|refusal| match refusal {
                Refusal::Problem(Problem::StoreFull) => StoreError::Full,
                _ => StoreError::Unavailable("see the log".to_owned()),
            })?;
        for _ in &removed {
            let about = About { method: Some(method), ..About::default() };
            inner.tell_of(EventKind::Removed, subject, None, about);
        }
        inner.clear_away(subject, &removed).await;
        Ok(removed.len())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use serde_json::json;

    use crate::factor::{RecoveryCodes, Totp};
    use crate::store::MemoryStore;
    use crate::{Authority, FirstEnrolment, Issuer, SealingKeys};

    #[tokio::test]
    async fn factors_of_one_method_go_and_the_others_stay() {
        let (store, sealing) = (MemoryStore::new(), SealingKeys::generate().unwrap());
        let issuer = Issuer::builder("https://bank.example", "https://bank.example/api");
        let issuer = issuer.open(Arc::new(store), Arc::new(sealing)).await.unwrap();
        let gate = issuer.gate().build().unwrap();
        let authority = Authority::builder(issuer, gate)
            .factor(Totp::new("Bank"))
            .factor(RecoveryCodes::new())
            .first_enrolment(FirstEnrolment::AfterLogin { within: Duration::from_secs(300) })
            .build()
            .unwrap();
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
