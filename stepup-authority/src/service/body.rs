//! Reading what a client sent.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::{Map, Value};
use tokio::time::timeout;

use crate::json::read_object;
use crate::problem::Problem;

/// The longest body that is read.
const MOST: usize = 16 * 1024;
/// How long it may take to arrive.
const ARRIVES_WITHIN: Duration = Duration::from_secs(10);

/// The whole of a body, if it is not too long.
pub(super) async fn collect<B>(body: B) -> Result<Bytes, Problem>
where
    B: http_body::Body,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    match timeout(ARRIVES_WITHIN, Limited::new(body, MOST).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Problem::TooLarge),
        Ok(Err(_)) => Err(Problem::Malformed("The body did not arrive whole.")),
        Err(_) => Err(Problem::TooSlow),
    }
}

/// A JSON object in which no member stands twice.
pub(super) fn object(parts: &Parts, body: &Bytes) -> Result<Map<String, Value>, Problem> {
    if !is_of_type(parts, "application/json") {
        return Err(Problem::NotJson);
    }
    read_object(body).ok_or(Problem::Malformed(
        "The body is no JSON object, or one with a member that stands twice.",
    ))
}

/// Whether the body is said to be of this media type.
pub(super) fn is_of_type(parts: &Parts, expected: &str) -> bool {
    let media_type = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = media_type.and_then(|value| value.split(';').next()).map(str::trim);
    media_type.is_some_and(|value| value.eq_ignore_ascii_case(expected))
}
