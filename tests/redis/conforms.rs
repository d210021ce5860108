//! The suite, over two handles with connections of their own.

use std::sync::Arc;

use stepup_authority::store::Store;
use stepup_authority::store::conformance::Suite;
use stepup_tests::servers::redis::Redis;

use crate::scene::open;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn s1_two_handles_conform() {
    let redis = Redis::start();
    let another = async || Ok(Arc::new(open(&redis).await) as Arc<dyn Store>);
    Suite::new().rounds(50).run(another).await.unwrap();
}

/// As it is advised to be run.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn s1_with_an_append_only_file_it_conforms() {
    let redis = Redis::with_append_only_file();
    let another = async || Ok(Arc::new(open(&redis).await) as Arc<dyn Store>);
    Suite::new().rounds(5).run(another).await.unwrap();
}
