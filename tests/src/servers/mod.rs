//! Real servers on this machine, each in a folder or process of its own that ends with its test.

mod child;
mod cluster;
pub(crate) mod folder;
pub mod postgres;
pub mod redis;
pub mod smtp;
