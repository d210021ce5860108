//! The deciding half of **stepup**: step-up authentication (RFC 9470) for Rust web APIs.
//!
//! A service depends on an adapter (`stepup-axum`, `stepup-poem`), which re-exports what it needs
//! of this crate. A library that adapts another framework depends on this one: it knows the types
//! of `http` and no framework.
//!
//! What a caller sent is a [`Credential`]; what is verified about them an [`Authentication`]; what
//! a handler demands a [`Requirement`]; the gap between the two a [`Shortfall`]; what the client
//! is told of it a [`Challenge`]. A [`Gate`] goes all the way and a [`Rejection`] knows its HTTP
//! answer.
//!
//! ```
//! use stepup_core::{Authentication, Gap, Level, MaxAge, Require, Timestamp, level};
//!
//! type Transfer = (level::Mfa, MaxAge<300>);
//!
//! let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX)
//!     .with_level(Level::MFA)
//!     .with_auth_time(Timestamp::from_secs(1_000));
//!
//! assert!(Transfer::REQUIREMENT.evaluate(&login, Timestamp::from_secs(1_300)).is_ok());
//! let short = Transfer::REQUIREMENT.evaluate(&login, Timestamp::from_secs(1_301)).unwrap_err();
//! assert_eq!((short.level(), short.age()), (None, Some(Gap::Stale)));
//! ```

mod authentication;
mod challenge;
mod charset;
mod clock;
mod evaluate;
mod guarded_handler;
mod ladder;
pub mod level;
pub mod method;
mod require;
mod requirement;
mod resource;
mod shortfall;
mod words;

pub use authentication::Authentication;
pub use challenge::{
    AuthChallenge, Challenge, INSUFFICIENT_USER_AUTHENTICATION, MalformedChallenge, read_challenges,
};
pub use clock::{Clock, ManualClock, SystemClock, Timestamp};
pub use guarded_handler::{GuardedHandler, guarded_handlers};
pub use ladder::Ladder;
pub use level::Level;
pub use method::Method;
pub use require::{AnyOf, MaxAge, Require};
pub use requirement::Requirement;
#[cfg(feature = "introspection")]
pub use resource::Introspection;
#[cfg(feature = "discovery")]
pub use resource::Network;
#[cfg(feature = "danger")]
pub use resource::danger;
#[cfg(fuzzing)]
#[doc(hidden)]
pub use resource::fuzz as __fuzz;
pub use resource::{
    Algorithm, Check, CheckError, Credential, CrossOriginCheck, Dpop, EXPOSED_HEADERS, Forget,
    Gate, GateBuilder, GateError, KeyError, KeySet, KnownTokens, LiveKeys, MAX_TOKEN_BYTES,
    MalformedCredential, Profile, ProtectedResource, Rejection, RequestHead, ResourceMetadata,
    Revocation, Revocations, TokenFault, TrustedIssuer, Verification, Verifier, VerifyError,
    login_suffices,
};
pub use shortfall::{Gap, Shortfall};

#[doc(hidden)]
pub use inventory as __inventory;
