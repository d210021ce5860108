//! Would a call need a step-up? Its guard, without the handler.

use std::mem;

use http::HeaderMap;
use poem::endpoint::IntoEndpoint;
use poem::{Endpoint, Error, IntoResponse, Request, Response, Result};
use stepup_core::login_suffices;

use crate::guarded::{self, Guarded, RouteMethod};
use crate::rejection::translate;

/// Would a call of this handler need a step-up? A route of its own for interfaces that tell before
/// the user has filled in a form. It answers `GET`: 204 if the login that the request comes with
/// suffices, and otherwise what the call would get, challenge and all.
///
/// The guard ends such a request whatever it finds, so the handler does not run. The answer is
/// about the login, and about this moment; the call itself is judged anew.
///
/// ```
/// use poem::{Route, handler};
/// use stepup_poem::{guarded, step_up};
///
/// #[step_up(level = "mfa", max_age = "5m")]
/// #[handler]
/// async fn transfer() {}
///
/// let app = Route::new()
///     .at("/transfers", guarded::post(transfer))
///     .at("/transfers/step-up", guarded::question(transfer));
/// ```
pub fn question<E>(handler: E) -> RouteMethod
where
    E: Guarded + IntoEndpoint,
    E::Endpoint: 'static,
{
    guarded::get(Question(handler.into_endpoint()))
}

struct Question<E>(E);

/// Whatever it asks is.
#[diagnostic::do_not_recommend]
impl<E> Guarded for Question<E> {}

impl<E: Endpoint> Endpoint for Question<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let asked = Asked(mem::take(request.headers_mut()));
        request.set_data(asked);
        match self.0.call(request).await {
            // For the guard it ended the request; for middleware it is no error.
            Err(error) if error.status().is_success() => Ok(error.into_response()),
            answer => answer.map(IntoResponse::into_response),
        }
    }
}

/// The headers of a request that asks. It has none itself by then: an endpoint that asks a gate by
/// itself, where others have the attribute, finds nobody to let in.
#[derive(Clone)]
struct Asked(HeaderMap);

/// What a guard goes by.
pub(crate) fn headers(request: &Request) -> &HeaderMap {
    request.data::<Asked>().map_or_else(|| request.headers(), |asked| &asked.0)
}

/// The end of a request that only asks: the guard held.
///
/// # Errors
///
/// It only asks.
pub(crate) fn end(request: &Request) -> Result<()> {
    match request.data::<Asked>() {
        None => Ok(()),
        Some(_) => Err(Error::from_response(translate(login_suffices()))),
    }
}
