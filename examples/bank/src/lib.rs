//! A bank that asks for more than a password where money leaves it: the product shown whole.
//!
//! `axum_app` and `poem_app` are the same handlers in two frameworks; what they demand of their
//! callers stands above them in a line. `authority` says by which factors customers prove that
//! they are there. All the rest is what a bank has anyway.

mod accounts;
mod authority;
mod axum_app;
mod bank;
mod demo;
mod files;
mod input;
mod ledger;
mod login;
mod money;
mod notices;
mod options;
mod outbox;
mod pages;
mod passwords;
mod poem_app;
mod problem;
mod profile;
mod sealing;
mod serve;
mod store;

pub use crate::bank::Bank;
pub use crate::options::{Framework, Options, Place};
pub use crate::serve::serve;

/// Why a bank does not open: what is wrong, where, and what to do.
pub type StartError = Box<dyn std::error::Error + Send + Sync>;

/// Compiles what the guide shows.
#[doc = include_str!("../../../docs/bank.md")]
#[cfg(doctest)]
pub struct Guide;
