//! F1: the store is away while a device says something.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use stepup_authority::device::Refusal;
use stepup_authority::store::{
    Change, Commit, Epoch, Key, MemoryStore, Snapshot, Store, StoreError, StoreFuture,
};
use stepup_core::Timestamp;
use stepup_tests::Framework;
use stepup_tests::authority::Setup;

use crate::scene::{Asking, Phone, refused, start, token};

/// A store that goes away and comes back.
#[derive(Debug, Default)]
struct Faraway {
    store: MemoryStore,
    is_away: AtomicBool,
    /// It does what it is told, and then does not say so.
    is_deaf: AtomicBool,
}

impl Faraway {
    fn is_there(&self) -> Result<(), StoreError> {
        if self.is_away.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable("it is away".to_owned()));
        }
        Ok(())
    }
}

impl Store for Faraway {
    fn read<'a>(&'a self, keys: &'a [Key]) -> StoreFuture<'a, Snapshot> {
        Box::pin(async {
            self.is_there()?;
            self.store.read(keys).await
        })
    }

    fn commit<'a>(&'a self, epoch: Epoch, changes: &'a [Change]) -> StoreFuture<'a, Commit> {
        Box::pin(async move {
            self.is_there()?;
            let done = self.store.commit(epoch, changes).await;
            if self.is_deaf.load(Ordering::SeqCst) {
                return Err(StoreError::Unavailable("the connection broke".to_owned()));
            }
            done
        })
    }

    fn sweep(&self, before: Timestamp, limit: usize) -> StoreFuture<'_, usize> {
        self.store.sweep(before, limit)
    }
}

#[tokio::test]
async fn f1_while_the_store_is_away_nothing_is_answered_or_used_up() {
    for framework in Framework::ALL {
        let store = Arc::new(Faraway::default());
        let service = start(Setup::new(framework).store(store.clone())).await;
        let alice = service.login("alice").await;
        let phone = Phone::of(&service, &alice, "Telephone").await;
        let asking = Asking::begin(&alice).await;
        let asked = phone.asked().await;
        store.is_away.store(true, Ordering::SeqCst);
        let unavailable = refused::<()>(Refusal::Unavailable);
        assert_eq!(phone.look().await.map(drop), unavailable);
        assert_eq!(phone.type_in(&asked, &asking.number).await, unavailable);
        assert_eq!(phone.type_in(&asked, &asking.wrong_number()).await, unavailable);
        assert_eq!(phone.say_no(&asked).await, unavailable);
        store.is_away.store(false, Ordering::SeqCst);
        assert_eq!(asking.poll(&alice).await.status, 202);
        // Whether it was taken is not known, and it was: the ceremony goes by what is written.
        store.is_deaf.store(true, Ordering::SeqCst);
        assert_eq!(phone.type_in(&asked, &asking.number).await, unavailable);
        store.is_deaf.store(false, Ordering::SeqCst);
        assert_eq!(phone.type_in(&asked, &asking.number).await, refused(Refusal::Answered));
        token(&asking.poll(&alice).await);
    }
}

/// A no that got lost between two writes ends the ceremony all the same, when it is asked after.
#[tokio::test]
async fn o24_a_no_that_was_cut_short_is_a_no() {
    for framework in Framework::ALL {
        let store = Arc::new(Faraway::default());
        let service = start(Setup::new(framework).store(store.clone())).await;
        let alice = service.login("alice").await;
        let phone = Phone::of(&service, &alice, "Telephone").await;
        let asking = Asking::begin(&alice).await;
        let asked = phone.asked().await;
        store.is_deaf.store(true, Ordering::SeqCst);
        assert_eq!(phone.say_no(&asked).await, refused(Refusal::Unavailable));
        store.is_deaf.store(false, Ordering::SeqCst);
        assert_eq!(alice.state(&asking.ceremony).await.json()["status"], "pending");
        let answer = asking.poll(&alice).await;
        assert_eq!(crate::scene::problem(&answer), crate::scene::is(403, "denied"));
        assert_eq!(alice.state(&asking.ceremony).await.json()["status"], "denied");
        assert_eq!(crate::scene::too_much(&alice).await.2, 300);
    }
}
