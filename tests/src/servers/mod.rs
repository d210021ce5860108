//! Servers that are no part of the project, each started for a test and gone with it.

mod child;
mod folder;
pub mod postgres;
pub mod redis;
pub mod smtp;
