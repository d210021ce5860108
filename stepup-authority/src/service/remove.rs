//! What the service takes away from a user by itself.

use std::sync::Arc;

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
    /// The store does not answer.
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
        self.remove(subject, Some(method)).await
    }

    /// To its end, also where whoever asked hangs up: what is removed is told of.
    async fn remove(&self, subject: &str, method: Option<&str>) -> Result<usize, StoreError> {
        let (inner, subject) = (self.inner.clone(), subject.to_owned());
        let method = method.map(str::to_owned);
        let removed = tokio::spawn(async move { inner.remove(&subject, method.as_deref()).await });
        let broken = |_| Err(StoreError::Unavailable("see the log".to_owned()));
        removed.await.unwrap_or_else(broken)
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
                _ => StoreError::Unavailable("see the log".to_owned()),
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
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use serde_json::json;
    use stepup_core::Timestamp;

    use crate::factor::{RecoveryCodes, Totp};
    use crate::store::{Change, Commit, Epoch, Key, MemoryStore, Snapshot, Store, StoreFuture};
    use crate::{Authority, Event, EventKind, EventSink, FirstEnrolment, Issuer, SealingKeys};

    async fn authority(sink: impl EventSink) -> Authority {
        let (store, sealing) = (Slow::default(), SealingKeys::generate().unwrap());
        let issuer = Issuer::builder("https://bank.example", "https://bank.example/api");
        let issuer = issuer.open(Arc::new(store), Arc::new(sealing)).await.unwrap();
        let gate = issuer.gate().build().unwrap();
        Authority::builder(issuer, gate)
            .factor(Totp::new("Bank"))
            .factor(RecoveryCodes::new())
            .first_enrolment(FirstEnrolment::AfterLogin { within: Duration::from_secs(300) })
            .events(sink)
            .build()
            .unwrap()
    }

    /// Which does not answer at once.
    #[derive(Debug, Default)]
    struct Slow(MemoryStore);

    impl Store for Slow {
        fn read<'a>(&'a self, keys: &'a [Key]) -> StoreFuture<'a, Snapshot> {
            Box::pin(async move {
                tokio::task::yield_now().await;
                self.0.read(keys).await
            })
        }

        fn commit<'a>(&'a self, epoch: Epoch, changes: &'a [Change]) -> StoreFuture<'a, Commit> {
            Box::pin(async move {
                tokio::task::yield_now().await;
                self.0.commit(epoch, changes).await
            })
        }

        fn sweep(&self, before: Timestamp, limit: usize) -> StoreFuture<'_, usize> {
            self.0.sweep(before, limit)
        }
    }

    #[derive(Clone, Debug, Default)]
    struct Removed(Arc<AtomicUsize>);

    impl EventSink for Removed {
        fn record(&self, event: &Event<'_>) {
            if event.kind == EventKind::Removed {
                self.0.fetch_add(1, Ordering::SeqCst);
            }
        }
    }

    /// Nobody loses a factor without being told, because a client hung up.
    #[tokio::test]
    async fn what_is_begun_is_done_and_told_whoever_hangs_up() {
        let removed = Removed::default();
        let authority = authority(removed.clone()).await;
        for _ in 0..3 {
            authority.enrol_for("alice", "totp", &json!({})).await.unwrap();
        }
        tokio::select! {
            biased;
            _ = authority.remove_factors_of("alice") => panic!("it took no time"),
            () = std::future::ready(()) => {}
        }
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert_eq!(removed.0.load(Ordering::SeqCst), 3);
        assert_eq!(authority.remove_factors_of("alice").await, Ok(0));
    }

    #[tokio::test]
    async fn factors_of_one_method_go_and_the_others_stay() {
        let authority = authority(Removed::default()).await;
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
