//! Why a request is refused, and the answer that says so: the one place for their texts.

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Map, Value, json};
use stepup_core::Rejection;

use crate::account::TooMany;
use crate::store::StoreError;

/// Why a request is refused.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The gate does.
    Gate(Box<Rejection>),
    /// The authority does.
    Problem(Problem),
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
    FactorLocked {
        retry_after: u64,
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

struct Text {
    status: StatusCode,
    /// Ends the problem's `type`.
    name: &'static str,
    title: &'static str,
    detail: &'static str,
}

impl Problem {
    fn text(&self) -> Text {
        let text = |status, name, title, detail| Text { status, name, title, detail };
        match self {
            Self::CeremonyOver => text(
                StatusCode::GONE,
                "ceremony-over",
                "This ceremony is over",
                "It took too long, had too many wrong answers, or was cancelled. Begin another.",
            ),
            Self::CeremonyProved => text(
                StatusCode::CONFLICT,
                "ceremony-proved",
                "This ceremony is finished",
                "Its answer was right and counts once. Should the token have got lost, fetch it \
                 with GET within a minute.",
            ),
            Self::CrossSite => text(
                StatusCode::FORBIDDEN,
                "cross-site",
                "Not from this site",
                "Pages of other sites may not do this for the user.",
            ),
            Self::Denied => text(
                StatusCode::FORBIDDEN,
                "denied",
                "Denied",
                "It was refused on the other device.",
            ),
            Self::Disabled => text(
                StatusCode::FORBIDDEN,
                "factor-disabled",
                "This factor is disabled",
                "It had too many wrong answers in a row. Use another one, and enrol it anew.",
            ),
            Self::EnrolmentClosed => text(
                StatusCode::FORBIDDEN,
                "enrolment-closed",
                "The first factor is not enrolled here",
                "This service enrols a user's first factor itself. Ask its support.",
            ),
            Self::FactorLocked { .. } => text(
                StatusCode::TOO_MANY_REQUESTS,
                "factor-locked",
                "Too many wrong answers",
                "Wait a while, or use another factor.",
            ),
            Self::Forgotten => text(
                StatusCode::UNAUTHORIZED,
                "invalid-token",
                "Invalid access token",
                "A factor was removed since this token was issued. Prove again who you are.",
            ),
            Self::Malformed(detail) => {
                text(StatusCode::BAD_REQUEST, "malformed-request", "Malformed request", detail)
            }
            Self::MalformedAnswer { .. } => text(
                StatusCode::BAD_REQUEST,
                "malformed-answer",
                "This is no answer",
                "Send the code as a string, exactly as it was shown. It was counted as a wrong one.",
            ),
            Self::Exchange(_, detail) => {
                text(StatusCode::BAD_REQUEST, "malformed-request", "Malformed request", detail)
            }
            Self::Method { .. } => text(
                StatusCode::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "Method not allowed",
                "This page is there, for other methods; see `Allow`.",
            ),
            Self::NoSuchCeremony => text(
                StatusCode::NOT_FOUND,
                "no-such-ceremony",
                "No such ceremony",
                "There is none of this name that is yours. Begin one, with the token of this \
                 session.",
            ),
            Self::NoSuchFactor => text(
                StatusCode::NOT_FOUND,
                "no-such-factor",
                "No such factor",
                "Choose one that the ceremony offers.",
            ),
            Self::NoSuchPage => {
                text(StatusCode::NOT_FOUND, "no-such-page", "No such page", "Check the address.")
            }
            Self::NotALogin => text(
                StatusCode::FORBIDDEN,
                "not-a-login",
                "Begin with the login's token",
                "This token was stepped up before. Keep the one that the user logged in with, and \
                 begin with that.",
            ),
            Self::NotAUser => text(
                StatusCode::FORBIDDEN,
                "not-a-user",
                "Nobody is logged in",
                "This token is a client's own; no user can prove anything with it.",
            ),
            Self::NotJson => text(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not-json",
                "Not JSON",
                "Send a JSON object, with `Content-Type: application/json`.",
            ),
            Self::NotSent => text(
                StatusCode::SERVICE_UNAVAILABLE,
                "not-sent",
                "The code could not be sent",
                "Use another factor, or try again a little later.",
            ),
            Self::Pending => text(
                StatusCode::CONFLICT,
                "pending",
                "There is no answer yet",
                "Ask again in a few seconds.",
            ),
            Self::StoreFull => text(
                StatusCode::SERVICE_UNAVAILABLE,
                "full",
                "No room for another ceremony",
                "Try again a little later.",
            ),
            Self::TooLarge => text(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-large",
                "Too large",
                "A request has at most 16 KiB.",
            ),
            Self::TooManyCeremonies { .. } => text(
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-ceremonies",
                "Too many ceremonies begun",
                "Finish one of them, or wait a while.",
            ),
            Self::TooManyFactors => text(
                StatusCode::CONFLICT,
                "too-many-factors",
                "Too many factors",
                "Remove one before you enrol another.",
            ),
            Self::TooManySends { .. } => text(
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-messages",
                "Too many messages",
                "The last code is still good. Wait a while, or use another factor.",
            ),
            Self::TooSlow => text(
                StatusCode::REQUEST_TIMEOUT,
                "too-slow",
                "Too slow",
                "The request did not arrive in time.",
            ),
            Self::Unavailable { .. } => text(
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "Not possible at present",
                "This is no fault of yours. Try again a little later.",
            ),
            Self::Unfit(sentence) => text(
                StatusCode::UNPROCESSABLE_ENTITY,
                "unfit-details",
                "This cannot be enrolled",
                sentence,
            ),
            Self::Unmet { .. } => text(
                StatusCode::FORBIDDEN,
                "unmet-authentication-requirements",
                "None of your factors is strong enough",
                "Enrol one that is, then begin again.",
            ),
            Self::Unprompted => text(
                StatusCode::CONFLICT,
                "no-code-sent",
                "No code was sent",
                "Have one sent first.",
            ),
            Self::WrongAnswer { .. } => text(
                StatusCode::FORBIDDEN,
                "wrong-answer",
                "That is not right",
                "The code is wrong, used or too old.",
            ),
        }
    }

    pub(crate) fn response(&self, problem_types: &str) -> Response<Bytes> {
        let Text { status, name, title, detail } = self.text();
        let mut body = Map::new();
        body.insert("type".to_owned(), format!("{problem_types}{name}").into());
        body.insert("title".to_owned(), title.into());
        body.insert("status".to_owned(), status.as_u16().into());
        body.insert("detail".to_owned(), detail.into());
        match self {
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
            Self::FactorLocked { retry_after }
            | Self::TooManyCeremonies { retry_after }
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
            Self::Malformed(_) | Self::NotJson | Self::TooLarge => "invalid_request",
            _ => "invalid_grant",
        }
    }

    /// Its status and sentence, for the token endpoint.
    pub(crate) fn status_and_detail(&self) -> (StatusCode, &'static str) {
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

impl TooMany {
    pub(crate) fn ceremonies(self) -> Refusal {
        Problem::TooManyCeremonies { retry_after: self.retry_after }.into()
    }

    pub(crate) fn sends(self) -> Refusal {
        Problem::TooManySends { retry_after: self.retry_after }.into()
    }
}
