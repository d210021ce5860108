//! What a guard costs and how it keeps its keys, beside every other crate that guards a route with
//! a JWT. `README.md` says how to run it and how to read what it prints.

mod allocations;
mod answers;
mod app;
mod backend;
mod bars;
mod figures;
mod issuer;
mod keys;
mod keys_report;
mod loopback;
mod loopback_report;
mod peers;
mod requests;
mod requests_report;
mod run;
mod subject;
mod tokens;

use tokio::runtime::{Builder, Runtime};

pub use allocations::allocations;
pub use run::{Part, Settings, run};
pub use stepup_benches::Failure;

/// For issuers, and for the tasks of the peers; what is measured in part one is not run on it.
fn runtime() -> Result<Runtime, Failure> {
    Ok(Builder::new_multi_thread().worker_threads(2).enable_all().build()?)
}
