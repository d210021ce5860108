//! The API in poem.

use poem::web::Json;
use poem::{Endpoint, EndpointExt, Route, get, handler};
use stepup_poem::{Gate, Verified, guarded, step_up};

use crate::answer::Who;

#[handler]
async fn open() -> &'static str {
    "open to everybody\n"
}

#[handler]
async fn healthz() -> &'static str {
    "ok\n"
}

/// Any user whose token is valid.
#[handler]
async fn me(user: Verified) -> Json<Who> {
    Json(Who::from(&*user))
}

#[step_up(level = "mfa")]
#[handler]
async fn mfa(user: Verified) -> Json<Who> {
    Json(Who::from(&*user))
}

#[step_up(level = "mfa", max_age = "5m")]
#[handler]
async fn fresh(user: Verified) -> Json<Who> {
    Json(Who::from(&*user))
}

#[step_up(level = "phr")]
#[handler]
async fn phr(user: Verified) -> Json<Who> {
    Json(Who::from(&*user))
}

pub(crate) fn endpoint(gate: Gate) -> impl Endpoint + 'static {
    Route::new()
        .at("/open", get(open))
        .at("/healthz", get(healthz))
        .at("/me", get(me))
        .at("/mfa", guarded::post(mfa))
        .at("/fresh", guarded::post(fresh))
        .at("/phr", guarded::post(phr))
        .data(gate)
}
