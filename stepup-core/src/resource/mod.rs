//! The resource server's side: from a request's headers to a decision.

mod algorithm;
mod answers;
mod check;
mod credential;
mod gate;
mod gate_builder;
mod json;
mod jwk;
mod jwt;
mod key;
mod keys;
mod known;
mod rejection;
mod verifier;

pub use algorithm::Algorithm;
pub use check::{Check, CheckError};
pub use credential::{Credential, MAX_TOKEN_BYTES, MalformedCredential};
pub use gate::Gate;
pub use gate_builder::{GateBuilder, GateError};
pub use keys::{KeyError, KeySet};
pub use known::KnownTokens;
pub use rejection::Rejection;
pub use verifier::{TokenFault, Verification, Verifier, VerifyError};
