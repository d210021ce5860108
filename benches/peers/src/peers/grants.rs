//! `poem-grants`: an attribute that checks what somebody else has found out. It verifies no
//! tokens, so the hand-written code does, and the level is what the attribute checks.

use std::collections::HashSet;
use std::sync::Arc;

use http::StatusCode;
use poem::{EndpointExt as _, Error, Request, Result, Route, handler, post};
use poem_grants::{GrantsMiddleware, protect};
use stepup_benches::{Checks, Tokens};

use crate::Failure;
use crate::app::PATH;

async fn authorities(request: &Request) -> Result<HashSet<String>> {
    let checks: &Arc<Checks> =
        request.data().ok_or_else(|| Error::from_status(StatusCode::INTERNAL_SERVER_ERROR))?;
    let caller = checks
        .verify(request.headers())
        .map_err(|_| Error::from_status(StatusCode::UNAUTHORIZED))?;
    Ok(caller.acr.into_iter().collect())
}

#[protect("mfa")]
#[handler]
async fn guarded() -> &'static str {
    "done"
}

pub(super) fn route(tokens: &Tokens) -> std::result::Result<Route, Failure> {
    let checks = Arc::new(Checks::new(tokens)?);
    let route = post(guarded).with(GrantsMiddleware::with_extractor(authorities)).data(checks);
    Ok(Route::new().at(PATH, route))
}
