//! What goes on though nobody may wait for it any more, and who waits for it then.

use tokio::task::JoinError;

use crate::authority::Authority;

impl Authority {
    /// Waits for what goes on though nobody may wait for it any more: requests whose client hung
    /// up, changes of the service's own whose caller did, and notices ([`Notify`](crate::Notify)).
    /// Call it when the service stops: after the server has, and before the store is closed. It has
    /// no time limit, so give it one: a notice takes as long as whoever sends it.
    ///
    /// It refuses nothing, and what is begun afterwards is done too, if the process lasts. Not waited
    /// for is what Auth0 is asked to revoke after a proof there.
    ///
    /// ```
    /// use std::time::Duration;
    /// use stepup_authority::Authority;
    /// use tokio::time::timeout;
    ///
    /// async fn stopped(authority: &Authority) {
    ///     if timeout(Duration::from_secs(5), authority.finish()).await.is_err() {
    ///         eprintln!("stopped before all users were told");
    ///     }
    ///     // Now the store may be closed.
    /// }
    /// ```
    pub async fn finish(&self) {
        self.inner.under_way.close();
        self.inner.under_way.wait().await;
    }

    /// Does it also where whoever asked hangs up: what was changed is told of.
    pub(super) async fn to_the_end<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, JoinError> {
        self.inner.under_way.spawn(work).await
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::pin::pin;
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use bytes::Bytes;
    use http::Request;
    use http_body_util::Full;
    use serde_json::json;
    use stepup_core::{Method, Timestamp};
    use tokio::sync::Semaphore;

    use crate::factor::{FactorFuture, RecoveryCodes, Totp};
    use crate::store::{Change, Commit, Epoch, Key, MemoryStore, Snapshot, Store, StoreFuture};
    use crate::{
        Authority, AuthorityBuilder, Event, EventKind, EventSink, FirstEnrolment, Issuer, Login,
        Notice, Notify, SealingKeys,
    };

    pub(in crate::service) async fn authority(
        settle: impl FnOnce(AuthorityBuilder) -> AuthorityBuilder,
    ) -> Authority {
        let (store, sealing) = (Slow::default(), SealingKeys::generate().unwrap());
        let issuer = Issuer::builder("https://bank.example", "https://bank.example/api");
        let issuer = issuer.open(Arc::new(store), Arc::new(sealing)).await.unwrap();
        let gate = issuer.gate().build().unwrap();
        let builder = Authority::builder(issuer, gate)
            .factor(Totp::new("Bank"))
            .factor(RecoveryCodes::new())
            .first_enrolment(FirstEnrolment::AfterLogin { within: Duration::from_secs(300) });
        settle(builder).build().unwrap()
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
    struct Told(Arc<Mutex<Vec<EventKind>>>);

    impl Told {
        fn take(&self) -> Vec<EventKind> {
            std::mem::take(&mut self.0.lock().unwrap())
        }
    }

    impl EventSink for Told {
        fn record(&self, event: &Event<'_>) {
            self.0.lock().unwrap().push(event.kind);
        }
    }

    /// Begins it, and goes away.
    async fn hang_up(asked: impl Future) {
        tokio::select! {
            biased;
            _ = asked => panic!("it took no time"),
            () = std::future::ready(()) => {}
        }
    }

    /// Nobody's factors are changed without their being told, because a caller hung up.
    #[tokio::test]
    async fn what_is_begun_is_done_and_told_whoever_hangs_up() {
        use EventKind::{Enrolled, Removed, Unlocked};

        let told = Told::default();
        let authority = authority(|builder| builder.events(told.clone())).await;
        let none = json!({});

        hang_up(authority.enrol_for("alice", "recovery", &none)).await;
        authority.finish().await;
        assert_eq!(told.take(), [Enrolled]);

        // In the place of the first.
        hang_up(authority.enrol_for("alice", "recovery", &none)).await;
        authority.finish().await;
        assert_eq!(told.take(), [Enrolled, Removed]);

        hang_up(authority.unlock("alice")).await;
        authority.finish().await;
        assert_eq!(told.take(), [Unlocked]);

        authority.enrol_for("alice", "totp", &none).await.unwrap();
        hang_up(authority.remove_method_of("alice", "recovery")).await;
        authority.finish().await;
        assert_eq!(told.take(), [Enrolled, Removed]);

        hang_up(authority.remove_factors_of("alice")).await;
        authority.finish().await;
        assert_eq!(told.take(), [Removed]);
        assert_eq!(authority.methods_of("alice").await, Ok(Vec::new()));
    }

    /// A client's request, which it does not wait for.
    #[tokio::test]
    async fn a_request_is_waited_for_whose_client_hung_up() {
        let told = Told::default();
        let authority = authority(|builder| builder.events(told.clone())).await;
        let login = Login::of("alice").method(Method::PWD);
        let token = authority.issuer().issue_login(login).await.unwrap();
        let request = Request::post("/step-up/enrolments")
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json");
        let request = request.body(Full::new(Bytes::from(r#"{"method":"recovery"}"#))).unwrap();

        hang_up(authority.handle(request)).await;
        authority.finish().await;
        assert_eq!(told.take(), [EventKind::Enrolled]);
    }

    /// It tells nobody before it may.
    #[derive(Clone, Debug)]
    struct Waiting {
        may: Arc<Semaphore>,
        told: Arc<Mutex<Vec<String>>>,
    }

    impl Notify for Waiting {
        fn notify(&self, notice: Notice) -> FactorFuture<'_, ()> {
            Box::pin(async move {
                self.may.acquire().await.unwrap().forget();
                self.told.lock().unwrap().push(notice.subject);
            })
        }
    }

    /// Those that are told of it last, and whatever is begun after somebody has waited.
    #[tokio::test]
    async fn notices_are_waited_for_each_time() {
        let told = Arc::default();
        let by_mail = Waiting { may: Arc::new(Semaphore::new(0)), told: Arc::clone(&told) };
        let may = by_mail.may.clone();
        let authority = authority(|builder| builder.notify(by_mail)).await;
        authority.finish().await;

        for user in ["alice", "bob"] {
            authority.enrol_for(user, "totp", &json!({})).await.unwrap();
            let mut finish = pin!(authority.finish());
            hang_up(&mut finish).await;
            may.add_permits(1);
            finish.await;
            assert_eq!(told.lock().unwrap().pop().as_deref(), Some(user));
        }
    }
}
