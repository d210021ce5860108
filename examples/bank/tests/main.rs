//! The bank: its API as customers' clients see it, the program, and two of them behind a proxy.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "all of it is a test"
)]

mod api;
mod browser;
mod deployed;
#[cfg(target_os = "linux")]
mod memory;
mod sealing;
mod start;
mod support;
