//! The proving half of stepup: ceremonies, factors and stepped-up tokens.

mod random;
pub mod store;
