//! Core's answer as poem's.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use http::StatusCode;
use poem::error::ResponseError;
use poem::{Body, Error, IntoResponse, Response};

/// Why a request does not go in, as a poem response. For code that asks a
/// [`Gate`](crate::Gate) by itself:
///
/// ```
/// use poem::Request;
/// use stepup_poem::{Gate, Rejection, RequestHead, Require, level};
///
/// async fn large_order(gate: &Gate, request: &Request) -> Result<&'static str, Rejection> {
///     let head = RequestHead::new(request.method(), request.original_uri(), request.headers());
///     gate.admit(head, &level::Mfa::REQUIREMENT).await?;
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
        translate(self.0.response())
    }
}

impl From<Rejection> for Error {
    fn from(rejection: Rejection) -> Self {
        Self::from_response(rejection.into_response())
    }
}

/// What a guard answers. When it is dropped unanswered, somebody took the guard as an `Option` or
/// a `Result` and went on: poem allows it, and so it is at least not silent.
#[derive(Debug)]
pub(crate) struct Refused {
    rejection: stepup_core::Rejection,
    answered: AtomicBool,
}

impl From<stepup_core::Rejection> for Refused {
    fn from(rejection: stepup_core::Rejection) -> Self {
        Self { rejection, answered: AtomicBool::new(false) }
    }
}

impl ResponseError for Refused {
    fn status(&self) -> StatusCode {
        // Who asks is about to answer, if in other words.
        self.answered.store(true, Ordering::Relaxed);
        self.rejection.response().status()
    }

    fn as_response(&self) -> Response {
        self.answered.store(true, Ordering::Relaxed);
        translate(self.rejection.response())
    }
}

impl Drop for Refused {
    fn drop(&mut self) {
        if !*self.answered.get_mut() {
            tracing::error!(
                "a step-up guard refused a request and the refusal was dropped: a handler takes \
                 `Option<SteppedUp<_>>` or `Result<SteppedUp<_>, _>`; take `SteppedUp<_>` or use \
                 `#[step_up]`"
            );
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a step-up guard refused the request")
    }
}

impl std::error::Error for Refused {}

/// Core's answer as poem's.
pub(crate) fn translate(response: http::Response<impl Into<Body>>) -> Response {
    let (parts, body) = response.into_parts();
    let mut response = Response::from(body.into());
    response.set_status(parts.status);
    *response.headers_mut() = parts.headers;
    response
}
