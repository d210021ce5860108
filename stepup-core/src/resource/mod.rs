//! The resource server's side: from a request's headers to a decision.

mod algorithm;
mod answers;
mod check;
mod claims;
mod credential;
mod cross_origin;
#[cfg(feature = "danger")]
pub mod danger;
mod dpop;
mod forget;
pub mod fuzz;
mod gate;
mod gate_builder;
mod gate_error;
mod header;
#[cfg(feature = "introspection")]
mod introspection;
mod issuer;
mod json;
mod jwk;
mod jwt;
mod key;
mod key_source;
mod keys;
mod known;
mod live_keys;
mod numeric_date;
mod profile;
mod question;
mod reach;
mod rejection;
#[cfg(feature = "discovery")]
mod remote;
mod request_head;
mod resource_metadata;
mod revocations;
mod seen;
mod start;
mod tokens;
mod tree;
mod trusted_issuer;
mod verifier;

pub use algorithm::Algorithm;
pub use check::{Check, CheckError};
pub use credential::{Credential, MAX_TOKEN_BYTES, MalformedCredential};
pub use cross_origin::{CrossOriginCheck, EXPOSED_HEADERS};
pub use dpop::Dpop;
pub use forget::Forget;
pub use gate::Gate;
pub use gate_builder::GateBuilder;
pub use gate_error::GateError;
#[cfg(feature = "introspection")]
pub use introspection::Introspection;
pub use keys::{KeyError, KeySet};
pub use known::KnownTokens;
pub use live_keys::LiveKeys;
pub use profile::Profile;
pub use question::login_suffices;
pub use rejection::Rejection;
#[cfg(feature = "discovery")]
pub use remote::Network;
pub use request_head::RequestHead;
pub use resource_metadata::{ProtectedResource, ResourceMetadata};
pub use revocations::{Revocation, Revocations};
pub use trusted_issuer::TrustedIssuer;
pub use verifier::{TokenFault, Verification, Verifier, VerifyError};
