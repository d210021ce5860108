//! Two processes of one service, one in axum and one in poem, on one store: what happens when they
//! race, when one of them is killed, and when the store hangs, dies or does not answer.

mod client;
mod doubles;
mod gone_client;
mod guess_budget;
mod hung_store;
#[path = "../model/key.rs"]
mod key;
mod killed;
mod lost_answer;
mod newer_record;
mod one_proof;
mod one_token;
mod passed_on;
mod person;
mod proxy;
mod pushed;
mod server;
mod storm;
mod strong;

// Where the doubles look for it.
use doubles::double;

/// One at a time: each has the machine to itself.
static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Runs each of these functions with a PostgreSQL and with a Redis of its own.
macro_rules! on_both_stores {
    ($($name:ident)*) => {
        mod postgres {$(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            #[ignore = "needs PostgreSQL"]
            async fn $name() {
                let _turn = crate::TURN.lock().await;
                super::$name(stepup_tests::authority::Kept::postgres()).await;
            }
        )*}
        mod redis {$(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            #[ignore = "needs Redis"]
            async fn $name() {
                let _turn = crate::TURN.lock().await;
                super::$name(stepup_tests::authority::Kept::redis()).await;
            }
        )*}
    };
}
pub(crate) use on_both_stores;
