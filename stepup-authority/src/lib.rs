//! The proving half of stepup: ceremonies, factors and stepped-up tokens.

pub mod factor;
mod random;
mod sealing;
mod start_error;
pub mod store;

pub use sealing::SealingKeys;
pub use start_error::StartError;
