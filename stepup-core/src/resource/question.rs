//! Would a call need a step-up? A guard can say so without its handler.

use bytes::Bytes;
use http::Response;

use super::answers::Answers;

/// For adapters: the answer to a question (would this call need a step-up?) where the login that
/// it came with suffices. Where it does not, the answer is the [`Rejection`](super::Rejection)
/// that the call would get.
///
/// It is about the login alone and about this moment: the call is judged anew.
///
/// ```
/// let response = stepup_core::login_suffices();
/// assert_eq!(response.status(), 204);
/// assert_eq!(response.headers()["cache-control"], "no-store");
/// ```
#[must_use]
pub fn login_suffices() -> Response<Bytes> {
    Answers::empty()
}
