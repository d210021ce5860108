//! The proving half of stepup: ceremonies, factors and stepped-up tokens.

mod account;
mod authority;
mod books;
mod builder;
mod ceremony;
mod change_rules;
mod event;
pub mod factor;
mod issuer;
mod json;
mod limits;
mod problem;
mod random;
mod sealing;
mod sends;
mod service;
mod start_error;
pub mod store;
mod times;

pub use authority::{Authority, FirstEnrolment};
pub use builder::AuthorityBuilder;
pub use event::{Event, EventKind, EventSink, Notice, Notify};
pub use issuer::{Issuer, IssuerBuilder, Login, LoginError, SigningKey, SigningKeys};
pub use limits::Limits;
pub use sealing::SealingKeys;
pub use service::EnrolError;
pub use start_error::StartError;
