//! The bank's API as its customers' clients see it: each story in both frameworks, in memory and in
//! SQLite.

mod closing;
mod logins;
mod money;
mod pages;
mod profile;
mod requests;
mod restarts;
mod story;

/// Runs each of these functions on a bank of its own in both frameworks and on both stores.
macro_rules! everywhere {
    ($($name:ident)*) => {
        everywhere!(@in axum_memory Axum memory $($name)*);
        everywhere!(@in axum_sqlite Axum sqlite $($name)*);
        everywhere!(@in poem_memory Poem memory $($name)*);
        everywhere!(@in poem_sqlite Poem sqlite $($name)*);
    };
    (@in $module:ident $framework:ident $store:ident $($name:ident)*) => {
        mod $module {
            $(
                #[tokio::test]
                async fn $name() {
                    let setup = $crate::support::Setup::$store(bank::Framework::$framework);
                    super::$name(setup.open().await).await;
                }
            )*
        }
    };
}
pub(crate) use everywhere;
