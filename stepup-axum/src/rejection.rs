//! Core's answer as axum's.

use axum::body::Body;
use axum::response::{IntoResponse, Response};

/// Why a request does not go in, as an axum response. For code that asks a
/// [`Gate`](crate::Gate) by itself:
///
/// ```
/// use axum::http::HeaderMap;
/// use stepup_axum::{Gate, Rejection, Require, level};
///
/// async fn large_order(gate: &Gate, headers: &HeaderMap) -> Result<&'static str, Rejection> {
///     gate.admit(headers, &level::Mfa::REQUIREMENT).await?;
///     Ok("ordered")
/// }
/// ```
#[derive(Debug)]
#[must_use = "a rejection that is not answered lets the request go on"]
pub struct Rejection(stepup_core::Rejection);

impl From<stepup_core::Rejection> for Rejection {
    fn from(rejection: stepup_core::Rejection) -> Self {
        Self(rejection)
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        self.0.response().map(Body::from)
    }
}

/// What a guard answers. It cannot be named outside, so that no handler can take
/// `Result<SteppedUp<_>, _>` and go on without looking.
#[derive(Debug)]
pub struct Refused(stepup_core::Rejection);

impl From<stepup_core::Rejection> for Refused {
    fn from(rejection: stepup_core::Rejection) -> Self {
        Self(rejection)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        Rejection(self.0).into_response()
    }
}
