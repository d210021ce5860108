//! The program `stepup`, as a process: against the authority, a certified provider, and servers
//! that mean no good.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests"
)]

mod bank;
mod ceremonies;
#[path = "../../../tests/client/elsewhere.rs"]
mod elsewhere;
mod explained;
mod origins;
#[path = "../../../tests/provider/partner.rs"]
mod partner;
mod process;
mod provider;
mod raw;
mod screen;
mod seen;
mod usage;
