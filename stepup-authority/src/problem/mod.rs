//! Why a request is refused, and the answer that says so: the one place for their texts.

mod text;

use std::borrow::Cow;

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Map, Value, json};
use stepup_core::Rejection;

use self::text::Text;
use crate::account::{Locked, TooMany};
use crate::store::StoreError;

/// Why a request is refused.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The gate does.
    Gate(Box<Rejection>),
    /// The authority does.
    Problem(Problem),
    /// The authority does, and there is something else that the user could use.
    Beside(Problem, Vec<Value>),
}

impl Refusal {
    /// Names the factors that are left, where it is this one that cannot be used now.
    pub(crate) fn beside(self, others: impl FnOnce() -> Vec<Value>) -> Self {
        match self {
            Self::Problem(
                problem @ (Problem::Disabled
                | Problem::FactorLocked { .. }
                | Problem::NotSent
                | Problem::PromptOver
                | Problem::TooManySends { .. }
                | Problem::TooWeak
                | Problem::Unavailable { .. }),
            ) => Self::Beside(problem, others()),
            other => other,
        }
    }
}

/// The authority's own reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// A factor was answered on another device with no.
    Denied,
    /// The ceremony is over: too late, too many wrong answers, cancelled.
    CeremonyOver,
    CeremonyProved,
    CrossSite,
    Disabled,
    EnrolmentClosed,
    /// The token is from before the user's factors changed.
    Forgotten,
    /// `None`: no wait ends it.
    FactorLocked {
        retry_after: Option<u64>,
    },
    /// It is the one that a first factor goes by; in seconds.
    LoginTooOld {
        max_age: u64,
    },
    Malformed(&'static str),
    /// The token endpoint's, by OAuth's name for it.
    Exchange(&'static str, &'static str),
    Method {
        allow: &'static str,
    },
    NoSuchCeremony,
    NoSuchFactor,
    NoSuchPage,
    NotALogin,
    NotAUser,
    NotJson,
    NotSent,
    /// What was asked can no longer be answered.
    PromptOver,
    /// Nobody has answered yet.
    Pending,
    StoreFull,
    TooLarge,
    TooManyCeremonies {
        retry_after: u64,
    },
    TooManyFactors,
    TooManySends {
        retry_after: u64,
    },
    TooSlow,
    /// The answer is right, and proves less than is wanted.
    TooWeak,
    Unavailable {
        retry_after: u64,
    },
    Unfit(&'static str),
    Unmet {
        enrol: Vec<String>,
    },
    Unprompted,
    WrongAnswer {
        attempts_left: u32,
    },
    MalformedAnswer {
        attempts_left: u32,
    },
}

impl Problem {
    pub(crate) fn response(&self, problem_types: &str) -> Response<Bytes> {
        self.response_beside(problem_types, None)
    }

    /// The same, naming the factors that are left.
    pub(crate) fn response_beside(
        &self,
        problem_types: &str,
        others: Option<Vec<Value>>,
    ) -> Response<Bytes> {
        let Text { status, name, title, detail } = self.text();
        let mut body = Map::new();
        body.insert("type".to_owned(), format!("{problem_types}{name}").into());
        body.insert("title".to_owned(), title.into());
        body.insert("status".to_owned(), status.as_u16().into());
        body.insert("detail".to_owned(), detail.as_ref().into());
        body.extend(others.map(|others| ("factors".to_owned(), Value::Array(others))));
        match self {
            Self::LoginTooOld { max_age } => {
                body.insert("max_age".to_owned(), (*max_age).into());
            }
            Self::MalformedAnswer { attempts_left } | Self::WrongAnswer { attempts_left } => {
                body.insert("attempts_left".to_owned(), (*attempts_left).into());
            }
            Self::Unmet { enrol } => {
                body.insert("error".to_owned(), self.oauth_error().into());
                body.insert("enrol".to_owned(), json!(enrol));
            }
            _ => {}
        }
        let mut response = json_response(status, &Value::Object(body));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        match self {
            Self::Forgotten => {
                let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
                headers.insert(WWW_AUTHENTICATE, challenge);
            }
            Self::Method { allow } => {
                headers.insert(ALLOW, HeaderValue::from_static(allow));
            }
            _ => {}
        }
        if let Some(seconds) = self.retry_after() {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }

    pub(crate) const fn retry_after(&self) -> Option<u64> {
        match self {
            Self::FactorLocked { retry_after } => *retry_after,
            Self::TooManyCeremonies { retry_after }
            | Self::TooManySends { retry_after }
            | Self::Unavailable { retry_after } => Some(*retry_after),
            Self::NotSent | Self::StoreFull => Some(30),
            _ => None,
        }
    }

    /// What RFC 6749 §5.2 and its relatives have for it.
    pub(crate) const fn oauth_error(&self) -> &'static str {
        match self {
            Self::Unmet { .. } => "unmet_authentication_requirements",
            Self::Exchange(error, _) => error,
            Self::Pending => "authorization_pending",
            Self::StoreFull | Self::Unavailable { .. } => "temporarily_unavailable",
            Self::CrossSite | Self::Malformed(_) | Self::NotJson | Self::TooLarge => {
                "invalid_request"
            }
            _ => "invalid_grant",
        }
    }

    /// Its status and sentence, for the token endpoint.
    pub(crate) fn status_and_detail(&self) -> (StatusCode, Cow<'static, str>) {
        let Text { status, detail, .. } = self.text();
        (status, detail)
    }
}

/// An answer in JSON, for this caller alone.
pub(crate) fn json_response(status: StatusCode, body: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        Self::Gate(Box::new(rejection))
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Problem(match error {
            StoreError::Full => Problem::StoreFull,
            _ => {
                tracing::error!(%error, "the authority's store does not do what it should");
                Problem::Unavailable { retry_after: 1 }
            }
        })
    }
}

impl From<Locked> for Problem {
    fn from(Locked { retry_after }: Locked) -> Self {
        Self::FactorLocked { retry_after: Some(retry_after) }
    }
}

impl TooMany {
    pub(crate) fn ceremonies(self) -> Refusal {
        Problem::TooManyCeremonies { retry_after: self.retry_after }.into()
    }

    pub(crate) fn sends(self) -> Refusal {
        Problem::TooManySends { retry_after: self.retry_after }.into()
    }
}
