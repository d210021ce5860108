//! F16: whoever asked goes away half-way.

use std::task::{Context, Poll, Waker};
use std::time::Duration;

use stepup_authority::store::{Commit, SqlStore, Store};

use crate::scene::{Folder, commit, key, put, read};

/// A commit that is dropped after each number of steps is whole or was not, and the next works.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f16_a_dropped_commit_is_whole_or_was_not() {
    let folder = Folder::new();
    for url in [folder.url(), "sqlite::memory:".to_owned()] {
        // What is right does not depend on how fast the machine is.
        let patient = SqlStore::builder(&url).patience(Duration::from_secs(10));
        let store = patient.open().await.unwrap();
        let epoch = store.read(&[]).await.unwrap().epoch;
        let (mut whole, mut none) = (0, 0);
        for steps in 0..200 {
            let names = [format!("{steps}a"), format!("{steps}b")];
            let changes = [put(&names[0], None, b"v"), put(&names[1], None, b"v")];
            let mut going = store.commit(epoch, &changes);
            for _ in 0..steps {
                let mut context = Context::from_waker(Waker::noop());
                if let Poll::Ready(done) = going.as_mut().poll(&mut context) {
                    assert_eq!(done.unwrap(), Commit::Done);
                    break;
                }
                std::thread::yield_now();
                tokio::task::yield_now().await;
            }
            drop(going);
            // One that goes through comes after whatever the dropped one still does.
            let next = commit(&store, &[put(&format!("{steps}c"), None, b"v")]).await.unwrap();
            assert_eq!(next, Commit::Done, "after {steps} steps");
            let keys = names.map(|name| key(&name));
            let records = store.read(&keys).await.unwrap().records;
            match records.iter().flatten().count() {
                0 => none += 1,
                2 => whole += 1,
                _ => panic!("half of a commit, after {steps} steps"),
            }
        }
        assert!(whole > 0 && none > 0, "{whole} whole, {none} not");
        assert!(read(&store, "199c").await.unwrap().is_some());
    }
}
