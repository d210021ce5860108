//! Real servers on this machine, each started for one test.

pub mod postgres;
