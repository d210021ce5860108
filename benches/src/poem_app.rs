//! The three routes in poem. Its twin is `axum_app`.

use std::sync::Arc;

use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderValue, Method, StatusCode};
use poem::{
    Endpoint, EndpointExt, Error, FromRequest, Request, RequestBody, Response, Result, Route,
    handler, post,
};
use stepup_core::Gate;
use stepup_poem::step_up;

use crate::Failure;
use crate::hand_written::{Checks, Claims, NO_STORE, PROBLEM, PROBLEM_JSON, Refusal};
use crate::measure::at_once;
use crate::requests::App;
use crate::subject::{Framework, Sent, Way};
use crate::tokens::Tokens;

#[handler]
async fn bare() -> &'static str {
    "done"
}

struct Caller(#[expect(dead_code, reason = "a handler would read it")] Claims);

impl<'a> FromRequest<'a> for Caller {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let checks: &Arc<Checks> =
            request.data().ok_or_else(|| Error::from_status(StatusCode::INTERNAL_SERVER_ERROR))?;
        checks.caller(request.headers()).map(Self).map_err(|refusal: Refusal| {
            Error::from_response(
                Response::builder()
                    .status(StatusCode::UNAUTHORIZED)
                    .header(WWW_AUTHENTICATE, refusal.challenge())
                    .header(CACHE_CONTROL, NO_STORE)
                    .header(CONTENT_TYPE, PROBLEM_JSON)
                    .body(PROBLEM),
            )
        })
    }
}

#[handler]
async fn hand_written(_caller: Caller) -> &'static str {
    "done"
}

#[step_up(level = "mfa", max_age = "1h")]
#[handler]
async fn stepped_up() -> &'static str {
    "done"
}

/// The route, guarded in this way.
///
/// # Errors
///
/// A key that cannot be read.
pub fn poem_route(way: Way, sent: Sent, tokens: &Tokens) -> std::result::Result<Route, Failure> {
    Ok(match way {
        Way::Bare => Route::new().at("/transfers", post(bare)),
        Way::HandWritten => {
            let checks = Arc::new(Checks::new(tokens)?);
            Route::new().at("/transfers", post(hand_written).data(checks))
        }
        Way::StepUp => poem_behind(tokens.gate(sent)?),
    })
}

/// The route behind this gate.
#[must_use]
pub fn poem_behind(gate: Gate) -> Route {
    Route::new().at("/transfers", post(stepped_up).data(gate))
}

pub(crate) struct PoemApp(Route);

impl App for PoemApp {
    const FRAMEWORK: Framework = Framework::Poem;
    type Request = Request;

    fn new(way: Way, sent: Sent, tokens: &Tokens) -> std::result::Result<Self, Failure> {
        Ok(Self(poem_route(way, sent, tokens)?))
    }

    fn request(credential: Option<HeaderValue>) -> std::result::Result<Self::Request, Failure> {
        let mut request = Request::builder().method(Method::POST).uri_str("/transfers").finish();
        if let Some(credential) = credential {
            request.headers_mut().insert(AUTHORIZATION, credential);
        }
        Ok(request)
    }

    fn send(&mut self, request: Self::Request) -> Option<StatusCode> {
        at_once(self.0.get_response(request)).map(|response| response.status())
    }
}
