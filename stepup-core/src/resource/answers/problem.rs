//! Problem bodies, and answers that are ready to be sent.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use serde::Serialize;

use crate::challenge::HeaderText;

/// A problem body (RFC 9457 §3), and the members we add to it.
#[derive(Clone, Serialize)]
pub(super) struct Problem<'a> {
    pub(super) r#type: String,
    pub(super) title: &'a str,
    pub(super) status: u16,
    pub(super) detail: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) step_up_required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) acr_values: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_age: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) shortfall: Vec<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) amr_values: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(super) scope: &'a [String],
    #[serde(skip)]
    pub(super) code: StatusCode,
    #[serde(skip)]
    pub(super) name: &'a str,
}

impl<'a> Problem<'a> {
    pub(super) const fn new(
        code: StatusCode,
        name: &'a str,
        title: &'a str,
        detail: &'a str,
    ) -> Self {
        Self {
            r#type: String::new(),
            title,
            status: code.as_u16(),
            detail,
            step_up_required: false,
            error: None,
            acr_values: &[],
            max_age: None,
            shortfall: Vec::new(),
            amr_values: &[],
            scope: &[],
            code,
            name,
        }
    }

    pub(super) fn with_error(self, error: &'a str) -> Self {
        Self { error: Some(error), ..self }
    }

    pub(super) fn answer(mut self, problem_types: &str) -> Answer {
        self.r#type = format!("{problem_types}{}", self.name);
        let body = Bytes::from(serde_json::to_vec(&self).unwrap_or_default());
        let mut headers = HeaderMap::new();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        Answer { status: self.code, headers, body }
    }
}

/// One answer, ready to be sent any number of times.
pub(super) struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    /// One challenge a line (R-9110-05).
    pub(super) fn with(mut self, header: HeaderText) -> Self {
        self.headers.append(WWW_AUTHENTICATE, header.value());
        self
    }

    pub(super) fn response(&self) -> Response<Bytes> {
        let mut response = Response::new(self.body.clone());
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers.clone();
        response
    }
}
