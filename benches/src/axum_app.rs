//! The three routes in axum. Its twin is `poem_app`.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderValue, Method, Request, StatusCode};
use stepup_axum::step_up;
use stepup_core::Gate;
use tower::Service;

use crate::Failure;
use crate::hand_written::{Checks, Claims, NO_STORE, PROBLEM, PROBLEM_JSON, Refusal};
use crate::measure::at_once;
use crate::requests::App;
use crate::subject::{Framework, Sent, Way};
use crate::tokens::Tokens;

async fn bare() -> &'static str {
    "done"
}

struct Caller(#[expect(dead_code, reason = "a handler would read it")] Claims);

impl FromRequestParts<Arc<Checks>> for Caller {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        checks: &Arc<Checks>,
    ) -> Result<Self, Self::Rejection> {
        checks.caller(&parts.headers).map(Self).map_err(|refusal: Refusal| {
            let headers = [
                (WWW_AUTHENTICATE, refusal.challenge()),
                (CACHE_CONTROL, NO_STORE),
                (CONTENT_TYPE, PROBLEM_JSON),
            ];
            (StatusCode::UNAUTHORIZED, headers, PROBLEM).into_response()
        })
    }
}

async fn hand_written(_: Caller) -> &'static str {
    "done"
}

#[step_up(level = "mfa", max_age = "1h")]
async fn stepped_up() -> &'static str {
    "done"
}

/// The route, guarded in this way.
///
/// # Errors
///
/// A key that cannot be read.
pub fn axum_router(way: Way, sent: Sent, tokens: &Tokens) -> Result<Router, Failure> {
    Ok(match way {
        Way::Bare => Router::new().route("/transfers", post(bare)),
        Way::HandWritten => Router::new()
            .route("/transfers", post(hand_written))
            .with_state(Arc::new(Checks::new(tokens)?)),
        Way::StepUp => axum_behind(tokens.gate(sent)?),
    })
}

/// The route behind this gate.
pub fn axum_behind(gate: Gate) -> Router {
    Router::new().route("/transfers", post(stepped_up)).with_state(gate)
}

pub(crate) struct AxumApp(Router);

impl App for AxumApp {
    const FRAMEWORK: Framework = Framework::Axum;
    type Request = Request<Body>;

    fn new(way: Way, sent: Sent, tokens: &Tokens) -> Result<Self, Failure> {
        Ok(Self(axum_router(way, sent, tokens)?))
    }

    fn request(credential: Option<HeaderValue>) -> Result<Self::Request, Failure> {
        let mut request =
            Request::builder().method(Method::POST).uri("/transfers").body(Body::empty())?;
        if let Some(credential) = credential {
            request.headers_mut().insert(AUTHORIZATION, credential);
        }
        Ok(request)
    }

    fn send(&mut self, request: Self::Request) -> Option<StatusCode> {
        match at_once(self.0.call(request))? {
            Ok(response) => Some(response.status()),
            Err(never) => match never {},
        }
    }
}
