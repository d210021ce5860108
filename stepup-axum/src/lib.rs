//! Step-up authentication (RFC 9470) for axum: a handler says how sure it must be of its caller.
//!
//! ```
//! use axum::Router;
//! use stepup_axum::{Algorithm, Gate, KeySet, Verified, guarded, step_up};
//!
//! #[step_up(level = "mfa", max_age = "5m")]
//! async fn transfer(user: Verified) -> String {
//!     format!("done, {}", user.subject())
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let pem = b"-----BEGIN PUBLIC KEY-----
//! # MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
//! # -----END PUBLIC KEY-----";
//! let keys = KeySet::from_pem(Algorithm::EdDsa, pem)?;
//! let gate = Gate::builder("https://idp.example", "https://api.example").keys(keys).build()?;
//! let app: Router = Router::new().route("/transfers", guarded::post(transfer)).with_state(gate);
//! # Ok(())
//! # }
//! ```
//!
//! A request whose token does not carry that assurance never reaches `transfer`: it gets a 401
//! that tells the client what is missing. The gate comes from the router's state ([`HasGate`]); a
//! router whose state holds none does not compile.
//!
//! | feature | brings |
//! |---|---|
//! | *(none)* | the attribute, the gate, keys that you give |
//! | `discovery` | metadata and keys fetched from the issuer |
//! | `introspection` | opaque tokens (RFC 7662); brings `discovery` |
//! | `authority` | `authority(routes, &authority)`, for a `stepup-authority` beside the API |
//! | `danger` | the Firebase emulator's tokens, which nobody signed |
//!
//! More is in the repository: `docs/guarding.md` is the guide, `docs/testing.md` and
//! `docs/troubleshooting.md` are what their names say, `docs/providers` has a page for each identity
//! provider, and `SECURITY.md` says what is promised and what is left to you.

#[cfg(feature = "authority")]
mod authority;
mod check;
mod gate;
pub mod guarded;
mod metadata;
mod question;
mod rejection;
mod stepped_up;
mod verified;

#[cfg(feature = "authority")]
pub use authority::authority;
pub use check::{check, check_cross_origin};
pub use gate::{FindGate, FromExtension, FromState, HasGate};
pub use metadata::resource_metadata;
pub use rejection::Rejection;
pub use stepped_up::SteppedUp;
pub use verified::Verified;

#[cfg(feature = "introspection")]
pub use stepup_core::Introspection;
#[cfg(feature = "discovery")]
pub use stepup_core::Network;
#[cfg(feature = "danger")]
pub use stepup_core::danger;
pub use stepup_core::{
    Algorithm, AnyOf, Authentication, CheckError, Clock, Dpop, EXPOSED_HEADERS, Forget, Gap, Gate,
    GateBuilder, GateError, GuardedHandler, KeyError, KeySet, KnownTokens, Ladder, Level, LiveKeys,
    ManualClock, MaxAge, Method, Profile, ProtectedResource, RequestHead, Require, Requirement,
    ResourceMetadata, Revocation, Revocations, Shortfall, SystemClock, Timestamp, TokenFault,
    TrustedIssuer, VerifyError, guarded_handlers, level, list_handler, method,
};

#[doc = include_str!("docs/step_up.md")]
pub use stepup_macros::axum as step_up;
