//! Why a request does not go in, and the HTTP answer that says so.

use std::time::Duration;

use bytes::Bytes;
use http::Response;

use super::answers::Answers;
use super::credential::MalformedCredential;
use super::gate::Gate;
use super::verifier::TokenFault;
use crate::requirement::Requirement;
use crate::shortfall::Shortfall;

/// Why a request does not go in. It knows its own answer: status, `WWW-Authenticate`
/// (RFC 6750 §3, RFC 9470 §3), `Cache-Control: no-store` and a problem body (RFC 9457).
///
/// From a guard it is a promise that the handler did not run.
///
/// ```
/// # use http::HeaderMap;
/// # use stepup_core::{Gate, Require, level::Mfa};
/// # async fn example(gate: Gate, headers: HeaderMap) {
/// if let Err(rejection) = gate.admit(&headers, &Mfa::REQUIREMENT).await {
///     let response: http::Response<_> = rejection.response();
///     assert_eq!(response.headers()["cache-control"], "no-store");
/// }
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a rejection that is not answered lets the request go on"]
pub struct Rejection {
    /// None if that is what is wrong.
    gate: Option<Gate>,
    why: Why,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Why {
    Invalid(TokenFault),
    Malformed(MalformedCredential),
    NoCredential,
    Short { requirement: &'static Requirement, shortfall: Shortfall },
    Unavailable { retry_after: Duration },
}

impl Rejection {
    pub(super) fn new(gate: Gate, why: Why) -> Self {
        match &why {
            Why::Invalid(fault) => tracing::debug!(reason = %fault, "token refused"),
            Why::Malformed(malformed) => tracing::debug!(reason = %malformed, "request refused"),
            Why::NoCredential => {}
            Why::Short { requirement, shortfall } => {
                tracing::debug!(%requirement, ?shortfall, "login falls short");
            }
            Why::Unavailable { .. } => tracing::warn!("tokens cannot be verified at present"),
        }
        Self { gate: Some(gate), why }
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
        Self { gate: None, why: Why::NoCredential }
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
            Some(gate) => gate.answers().to(&self.why),
            None => Answers::no_gate(),
        }
    }
}
