//! The shape of the house: which crate may know which, and that the twins stay twins.

mod arrows;
mod examples;
mod sources;
mod twins;
