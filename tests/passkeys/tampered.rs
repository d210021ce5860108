//! What somebody writes who has the store alone, and what is left of the rest.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use stepup_authority::store::{
    Change, Commit, Epoch, Key, MemoryStore, Snapshot, Store, StoreFuture,
};
use stepup_core::Timestamp;

use crate::device::Device;
use crate::scene::{Asked, Browser, ORIGIN, bank, enrol, factors, problem, setups, step_up, token};

/// In which the first key of an account says that it is a better one.
#[derive(Debug, Default)]
struct Tampered {
    store: MemoryStore,
    is_tampered_with: AtomicBool,
}

impl Store for Tampered {
    fn read<'a>(&'a self, keys: &'a [Key]) -> StoreFuture<'a, Snapshot> {
        Box::pin(async {
            let mut snapshot = self.store.read(keys).await?;
            for record in snapshot.records.iter_mut().flatten() {
                let Ok(text) = std::str::from_utf8(&record.value) else { continue };
                let better = r#""grade":"bound 2fc0579f-8113-47ea-b116-bb5a8db9202a""#;
                // Once: what is read so is written so.
                if self.is_tampered_with.load(Ordering::Relaxed) && !text.contains(better) {
                    record.value = text.replacen(r#""grade":"passkey""#, better, 1).into();
                }
            }
            Ok(snapshot)
        })
    }

    fn commit<'a>(&'a self, epoch: Epoch, changes: &'a [Change]) -> StoreFuture<'a, Commit> {
        self.store.commit(epoch, changes)
    }

    fn sweep(&self, before: Timestamp, limit: usize) -> StoreFuture<'_, usize> {
        self.store.sweep(before, limit)
    }
}

/// S10, O30: it is unreadable, and no stronger; the list and the other key are as they were.
#[tokio::test]
async fn s10_a_grade_is_sealed_with_its_key() {
    for setup in setups() {
        let store = Arc::new(Tampered::default());
        let service = bank(setup.store(store.clone())).await;
        let login = service.login("alice").await;
        let (mut phone, mut stick) = (Device::new(), Device::new());
        let first = enrol(&login, &mut phone, "phone").await;
        let alice = login.with_token(&step_up(&login, &mut phone, "phr").await);
        let second = enrol(&alice, &mut stick, "stick").await;
        let login = service.login("alice").await;
        store.is_tampered_with.store(true, Ordering::Relaxed);

        let list = factors(&login).await;
        assert_eq!(list["factors"].as_array().map(Vec::len), Some(2), "{list}");
        // Else the browser would forget it.
        assert_eq!(list.get("signals"), None, "{list}");
        let begun = login.begin(serde_json::json!({ "acr_values": "phr" })).await;
        let refused = login.prompt(&begun.id, &first).await;
        assert_eq!(problem(&refused), (503, "unavailable".to_owned()));
        let asked = Asked::again(&login, begun.id, second).await;
        let only = asked.id();
        let given = stick.get(ORIGIN, &asked.options).await.unwrap();
        assert_eq!(given["id"], only);
        token(&asked.answer(&login, &given).await);
    }
}
