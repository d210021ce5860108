//! Why a request does not go in, and the HTTP answer that says so.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Response;

use super::answers::Answers;
use super::credential::{MalformedCredential, Scheme};
use super::dpop::ProofFault;
use super::gate::Inner;
use super::verifier::{TokenFault, VerifyError};
use crate::authentication::Authentication;
use crate::clock::Timestamp;
use crate::requirement::Requirement;
use crate::shortfall::Shortfall;

/// Why a request does not go in. It knows its own answer: status, `WWW-Authenticate`
/// (RFC 6750 §3, RFC 9470 §3), `Cache-Control: no-store` and a problem body (RFC 9457).
///
/// From a guard it is a promise that the handler did not run.
///
/// ```
/// # use http::Request;
/// # use stepup_core::{Gate, Require, level::Mfa};
/// # async fn example(gate: Gate, request: Request<()>) {
/// if let Err(rejection) = gate.admit(&request, &Mfa::REQUIREMENT).await {
///     let response: http::Response<_> = rejection.response();
///     assert_eq!(response.headers()["cache-control"], "no-store");
/// }
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a rejection that is not answered lets the request go on"]
pub struct Rejection {
    /// None if that is what is wrong.
    gate: Option<Arc<Inner>>,
    /// The one that the answer's challenge is of.
    scheme: Scheme,
    why: Why,
}

#[derive(Clone, Debug)]
pub(super) enum Why {
    Invalid(TokenFault),
    Malformed(MalformedCredential),
    NoCredential,
    /// A browser's, which no CORS layer answered.
    Preflight,
    Proof(ProofFault, Timestamp),
    Short {
        requirement: &'static Requirement,
        shortfall: Shortfall,
        authentication: Arc<Authentication>,
    },
    Unavailable {
        retry_after: Duration,
    },
}

impl From<VerifyError> for Why {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Invalid(fault) => Self::Invalid(fault),
            VerifyError::Unavailable { retry_after } => Self::Unavailable { retry_after },
        }
    }
}

impl Rejection {
    pub(super) fn new(gate: Arc<Inner>, scheme: Scheme, why: Why) -> Self {
        match &why {
            Why::Invalid(fault) => tracing::debug!(reason = %fault, "token refused"),
            Why::Malformed(malformed) => tracing::debug!(reason = %malformed, "request refused"),
            Why::NoCredential => {}
            Why::Preflight => {
                tracing::debug!("a preflight came to a guard: no CORS layer before it")
            }
            Why::Proof(fault, _) => tracing::debug!(reason = %fault, "DPoP proof refused"),
            Why::Short { requirement, shortfall, .. } => {
                tracing::debug!(%requirement, ?shortfall, "login falls short");
            }
            // Whose fault it is stands in the log once, where it was found.
            Why::Unavailable { .. } => tracing::debug!("a token cannot be judged at present"),
        }
        Self { gate: Some(gate), scheme, why }
    }

    /// For adapters: no gate is at hand, by a mistake in how the service is put together. It is
    /// logged as an error with `hint`, which says what to do; the caller gets a bare 500.
    ///
    /// ```
    /// let rejection = stepup_core::Rejection::no_gate("add `.data(gate)` to the route");
    /// assert_eq!(rejection.response().status(), 500);
    /// ```
    pub fn no_gate(hint: &'static str) -> Self {
        tracing::error!(hint, "a guarded handler was called without a step-up gate at hand");
        Self { gate: None, scheme: Scheme::Bearer, why: Why::NoCredential }
    }

    /// What the login lacks, when that is why.
    ///
    /// ```
    /// let rejection = stepup_core::Rejection::no_gate("add `.data(gate)` to the route");
    /// assert!(rejection.shortfall().is_none());
    /// ```
    #[must_use]
    pub const fn shortfall(&self) -> Option<&Shortfall> {
        match &self.why {
            Why::Short { shortfall, .. } => Some(shortfall),
            _ => None,
        }
    }

    /// The answer. Nothing that came from the caller is in it.
    ///
    /// ```
    /// let response = stepup_core::Rejection::no_gate("add `.data(gate)` to the route").response();
    /// assert_eq!(response.headers()["cache-control"], "no-store");
    /// assert_eq!(response.headers()["content-type"], "application/problem+json");
    /// ```
    #[must_use]
    pub fn response(&self) -> Response<Bytes> {
        match &self.gate {
            Some(gate) => gate.answers.to(self.scheme, &self.why, gate),
            None => Answers::no_gate(),
        }
    }
}
