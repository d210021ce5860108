//! What a call is answered that does not succeed (RFC 9457).

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};
use serde_json::json;

const TYPES: &str = "https://bank.example/problems/";

/// A status, and a sentence for the person who called.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    /// What a program knows it by, where the status does not say all.
    name: Option<&'static str>,
    detail: Cow<'static, str>,
    retry_after: Option<u64>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { status, name: None, detail: detail.into(), retry_after: None }
    }

    /// The call is understood and cannot be done.
    pub(crate) fn unfit(name: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { name: Some(name), ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail) }
    }

    /// What is asked for is not there.
    pub(crate) fn unknown(name: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { name: Some(name), ..Self::new(StatusCode::NOT_FOUND, detail) }
    }

    /// The call would be done at another time, or after another.
    pub(crate) fn conflict(name: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { name: Some(name), ..Self::new(StatusCode::CONFLICT, detail) }
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "There is no such page.")
    }

    pub(crate) fn closed() -> Self {
        Self::new(StatusCode::FORBIDDEN, "This account is closed.")
    }

    pub(crate) fn method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "This page takes no such method.")
    }

    pub(crate) fn too_many(retry_after: u64) -> Self {
        let detail = "Too many attempts to sign in. Wait a while.";
        Self { retry_after: Some(retry_after), ..Self::new(StatusCode::TOO_MANY_REQUESTS, detail) }
    }

    pub(crate) fn too_many_addresses() -> Self {
        let detail =
            "Your address was changed five times within a month. Wait a while, or call us.";
        let name = Some("too-many-addresses");
        Self { name, ..Self::new(StatusCode::TOO_MANY_REQUESTS, detail) }
    }

    /// Why stands in the log.
    pub(crate) fn unavailable(why: impl fmt::Display) -> Self {
        tracing::error!("{why}");
        let detail = "The bank cannot do this at the moment. Try again in a moment.";
        Self { retry_after: Some(1), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, detail) }
    }

    pub(crate) fn response(&self) -> Response<Bytes> {
        let about_blank = || "about:blank".to_owned();
        let body = json!({
            "type": self.name.map_or_else(about_blank, |name| format!("{TYPES}{name}")),
            "title": self.status.canonical_reason(),
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        let mut response = Response::new(Bytes::from(body.to_string()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        if self.status == StatusCode::UNAUTHORIZED {
            // There must be one (RFC 9110 §15.5.2); no scheme is registered that is a form's.
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Form realm=\"bank\""));
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Problem {}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        Self::unavailable(format_args!("the ledger: {error}"))
    }
}
