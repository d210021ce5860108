//! The resource server's side: from a request's headers to a decision.

mod algorithm;
mod check;
mod credential;
mod gate;
mod json;
mod jwk;
mod jwt;
mod keys;
mod rejection;
mod verifier;

pub use algorithm::Algorithm;
pub use check::CheckError;
pub use credential::{Credential, MAX_TOKEN_BYTES, MalformedCredential};
pub use gate::{Gate, GateBuilder, GateError};
pub use keys::{KeyError, KeySet};
pub use rejection::Rejection;
pub use verifier::{TokenFault, Verification, Verifier, VerifyError};
