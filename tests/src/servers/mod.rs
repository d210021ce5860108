//! Real servers on this machine, each in a folder or process of its own that ends with its test.

pub mod redis;
pub mod smtp;

mod child;
mod folder;
