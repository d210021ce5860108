//! The proving half of stepup: ceremonies, factors and stepped-up tokens.

pub mod factor;
pub mod issuer;
mod random;
mod sealing;
mod start_error;
pub mod store;

pub use issuer::{Issuer, IssuerBuilder, Login, LoginError, SigningKey, SigningKeys};
pub use sealing::SealingKeys;
pub use start_error::StartError;
