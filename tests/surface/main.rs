//! The shape of the house: which crate may know which, that the twins stay twins, and what tests
//! are named after.

mod arrows;
mod examples;
mod sources;
mod threats;
mod twins;
