//! The store in SQLite: in files, in memory, and in what others left behind.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "all of it is a test"
)]

mod conforms;
mod dropped;
mod full;
mod garbage;
mod patience;
mod scene;
mod start;
