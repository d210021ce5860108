//! Core's answer as axum's.

use std::marker::PhantomData;

use axum::body::Body;
use axum::response::{IntoResponse, Response};

/// Why a request does not go in, as an axum response. For code that asks a
/// [`Gate`](crate::Gate) by itself:
///
/// ```
/// use axum::http::request::Parts;
/// use stepup_axum::{Gate, Rejection, Require, level};
///
/// async fn large_order(gate: &Gate, request: &Parts) -> Result<&'static str, Rejection> {
///     gate.admit(request, &level::Mfa::REQUIREMENT).await?;
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

/// What a guard answers. axum makes `Result` of any extractor; a handler that took
/// `Result<SteppedUp<_>, _>` would go on without looking. A handler's arguments have to be `Send`,
/// and this is not, so no handler can hold it, under whatever name.
#[derive(Debug)]
pub struct Refused(stepup_core::Rejection, PhantomData<*const ()>);

impl From<stepup_core::Rejection> for Refused {
    fn from(rejection: stepup_core::Rejection) -> Self {
        Self(rejection, PhantomData)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        Rejection(self.0).into_response()
    }
}
