//! F16: whoever asked goes away half-way.

use std::task::{Context, Poll, Waker};

use stepup_authority::store::{Change, Commit, SqlStore, Store, Write};
use stepup_tests::servers::postgres::Postgres;

use super::scene::{commit, key, put};

/// A commit that is dropped after each number of steps is whole or was not, and the next works.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: cargo xtask test"]
async fn f16_a_dropped_commit_is_whole_or_was_not() {
    let server = Postgres::start();
    let store = SqlStore::builder(&server.url()).connections(2).open().await.unwrap();
    let epoch = store.read(&[]).await.unwrap().epoch;
    let (mut whole, mut none) = (0, 0);
    for steps in 0..200 {
        let names = [format!("{steps}a"), format!("{steps}b")];
        let mut changes = vec![put(&names[0], None, b"v"), put(&names[1], None, b"v")];
        // Every other one needs more than one statement.
        if steps % 2 == 0 {
            let absent = key(&format!("{steps}absent"));
            changes.push(Change { key: absent, read: None, write: Write::Keep });
        }
        let mut going = store.commit(epoch, &changes);
        for _ in 0..steps {
            let mut context = Context::from_waker(Waker::noop());
            if let Poll::Ready(done) = going.as_mut().poll(&mut context) {
                assert_eq!(done.unwrap(), Commit::Done);
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(going);
        let keys = names.each_ref().map(|name| key(name));
        // What is still on its way locks its rows, so this comes before or after all of it.
        let late = commit(&store, &[put(&names[0], None, b"w"), put(&names[1], None, b"w")]).await;
        let records = store.read(&keys).await.unwrap().records;
        let values: Vec<_> = records.iter().flatten().map(|record| &*record.value).collect();
        match (late.unwrap(), &*values) {
            (Commit::Conflict, [b"v", b"v"]) => whole += 1,
            (Commit::Done, [b"w", b"w"]) => none += 1,
            odd => panic!("half of a commit, after {steps} steps: {odd:?}"),
        }
    }
    assert!(whole > 0 && none > 0, "{whole} whole, {none} not");
}
