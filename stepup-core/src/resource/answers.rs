//! The HTTP answers: one place for their status, headers and bodies.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use serde::Serialize;

use super::credential::MalformedCredential;
use super::rejection::Why;
use super::verifier::TokenFault;
use crate::challenge::{Challenge, HeaderText, INSUFFICIENT_USER_AUTHENTICATION};
use crate::requirement::Requirement;
use crate::shortfall::{Gap, Shortfall};

/// The answers of one gate. Those that do not depend on a requirement are made once.
pub(super) struct Answers {
    realm: Box<str>,
    problem_types: Box<str>,
    no_credential: Answer,
    malformed: Answer,
    several: Answer,
    invalid_token: Answer,
    expired_token: Answer,
    unavailable: Answer,
}

impl Answers {
    pub(super) fn to(&self, why: &Why) -> Response<Bytes> {
        let prepared = match why {
            Why::Invalid(TokenFault::Expired) => &self.expired_token,
            Why::Invalid(_) => &self.invalid_token,
            Why::Malformed(MalformedCredential::Alphabet) => &self.malformed,
            Why::Malformed(MalformedCredential::Several) => &self.several,
            Why::NoCredential => &self.no_credential,
            Why::Unavailable { retry_after } => {
                let mut response = self.unavailable.response();
                let seconds = retry_after.as_secs().max(1);
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
                return response;
            }
            Why::Short { requirement, shortfall } => {
                return self.shortfall(requirement, shortfall).response();
            }
        };
        prepared.response()
    }

    /// Where there is no gate there are no settings to go by.
    pub(super) fn no_gate() -> Response<Bytes> {
        let problem = Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "",
            "Service misconfigured",
            "This service is set up wrongly; its log says how.",
        );
        problem.answer("about:blank").response()
    }

    pub(super) fn new(realm: &str, problem_types: &str) -> Self {
        let bearer = || HeaderText::bearer(realm);
        let challenge = |problem: Problem<'_>, description| {
            let error = problem.error.unwrap_or_default();
            let header = bearer().with("error", error).with("error_description", description);
            problem.answer(problem_types).with(header)
        };
        let malformed = |detail, description| {
            let problem = Problem::new(
                StatusCode::BAD_REQUEST,
                "malformed-credential",
                "Malformed credential",
                detail,
            );
            challenge(problem.with_error("invalid_request"), description)
        };
        let invalid = |detail, description| {
            let problem = Problem::new(
                StatusCode::UNAUTHORIZED,
                "invalid-token",
                "Invalid access token",
                detail,
            );
            challenge(problem.with_error("invalid_token"), description)
        };
        Self {
            realm: realm.into(),
            problem_types: problem_types.into(),
            // RFC 6750 §3: no error code for who sent nothing, and so no hint at a requirement.
            no_credential: Problem::new(
                StatusCode::UNAUTHORIZED,
                "credential-required",
                "Authentication required",
                "Sign in, and send the access token as `Authorization: Bearer …`.",
            )
            .answer(problem_types)
            .with(bearer()),
            malformed: malformed(
                "The bearer token is empty or has a character that no token has.",
                "The bearer token is malformed",
            ),
            several: malformed(
                "Send exactly one `Authorization` header.",
                "The request carries more than one credential",
            ),
            invalid_token: invalid(
                "The access token is not valid here. Sign in again.",
                "The access token is invalid",
            ),
            expired_token: invalid(
                "The access token has expired. Refresh it, or sign in again.",
                "The access token expired",
            ),
            unavailable: Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "verification-unavailable",
                "Access tokens cannot be verified at present",
                "This is no fault of yours. Try again a little later.",
            )
            .answer(problem_types),
        }
    }

    fn shortfall(&self, requirement: &Requirement, shortfall: &Shortfall) -> Answer {
        if shortfall.no_user() {
            return Problem::new(
                StatusCode::FORBIDDEN,
                "user-required",
                "A user is required",
                "This needs a person who has signed in; the access token is a client's own.",
            )
            .answer(&self.problem_types);
        }
        let challenge = Challenge::new(requirement, shortfall);
        let bearer = HeaderText::bearer(&self.realm);
        if !shortfall.needs_a_login() {
            let problem = Problem {
                scope: challenge.scope(),
                ..Problem::new(
                    StatusCode::FORBIDDEN,
                    "insufficient-scope",
                    "The access token lacks a scope",
                    "The access token does not allow this. Ask for one with the scope named here.",
                )
                .with_error("insufficient_scope")
            };
            let header = bearer
                .with("error", "insufficient_scope")
                .with("error_description", "The access token lacks a scope")
                .with("scope", &challenge.scope().join(" "));
            return problem.answer(&self.problem_types).with(header);
        }
        let (detail, description) = in_words(shortfall);
        let problem = Problem {
            step_up_required: true,
            acr_values: challenge.acr_values(),
            max_age: challenge.max_age(),
            amr_values: challenge.amr_values(),
            scope: challenge.scope(),
            shortfall: shortfall.parts().map(|(part, _)| part).collect(),
            ..Problem::new(
                StatusCode::UNAUTHORIZED,
                "step-up-required",
                "Step-up authentication required",
                requirement.path_reason(shortfall.alternative).unwrap_or(detail),
            )
            .with_error(INSUFFICIENT_USER_AUTHENTICATION)
        };
        problem.answer(&self.problem_types).with(bearer.with_challenge(description, &challenge))
    }
}

/// What lacks, for the person (the body) and in the header's alphabet (RFC 9470 §3).
fn in_words(shortfall: &Shortfall) -> (&'static str, &'static str) {
    match (shortfall.level().or(shortfall.methods()), shortfall.age()) {
        (Some(Gap::Missing), _) => (
            "Your sign-in does not say how it was done. Confirm that it is you to go on.",
            "The authentication level is not known; a stated one is required",
        ),
        (Some(_), _) => (
            "This needs a stronger sign-in than the one you have. Confirm that it is you to go on.",
            "A different authentication level is required",
        ),
        (None, Some(Gap::Missing)) => (
            "Your sign-in does not say when it was. Confirm that it is you to go on.",
            "The time of authentication is not known; a recent one is required",
        ),
        (None, _) => (
            "Your sign-in was too long ago for this. Confirm that it is you to go on.",
            "More recent authentication is required",
        ),
    }
}

/// A problem body (RFC 9457 §3), and the members we add to it.
#[derive(Clone, Serialize)]
struct Problem<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    step_up_required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    acr_values: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    max_age: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    shortfall: Vec<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    amr_values: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    scope: &'a [String],
    #[serde(skip)]
    code: StatusCode,
    #[serde(skip)]
    name: &'a str,
}

impl<'a> Problem<'a> {
    const fn new(code: StatusCode, name: &'a str, title: &'a str, detail: &'a str) -> Self {
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

    fn with_error(self, error: &'a str) -> Self {
        Self { error: Some(error), ..self }
    }

    fn answer(mut self, problem_types: &str) -> Answer {
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
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    fn with(mut self, header: HeaderText) -> Self {
        self.headers.insert(WWW_AUTHENTICATE, header.value());
        self
    }

    fn response(&self) -> Response<Bytes> {
        let mut response = Response::new(self.body.clone());
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers.clone();
        response
    }
}
