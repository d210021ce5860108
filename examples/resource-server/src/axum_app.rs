//! The API in axum.

use axum::routing::get;
use axum::{Json, Router};
use stepup_axum::{Gate, Verified, guarded, step_up};

use crate::answer::Who;

async fn open() -> &'static str {
    "open to everybody\n"
}

async fn healthz() -> &'static str {
    "ok\n"
}

/// Any user whose token is valid.
async fn me(user: Verified) -> Json<Who> {
    Json(Who::from(&*user))
}

#[step_up(level = "mfa")]
async fn mfa(user: Verified) -> Json<Who> {
    Json(Who::from(&*user))
}

#[step_up(level = "mfa", max_age = "5m")]
async fn fresh(user: Verified) -> Json<Who> {
    Json(Who::from(&*user))
}

#[step_up(level = "phr")]
async fn phr(user: Verified) -> Json<Who> {
    Json(Who::from(&*user))
}

pub(crate) fn router(gate: Gate) -> Router {
    Router::new()
        .route("/open", get(open))
        .route("/healthz", get(healthz))
        .route("/me", get(me))
        .route("/mfa", guarded::post(mfa))
        .route("/fresh", guarded::post(fresh))
        .route("/phr", guarded::post(phr))
        .with_state(gate)
}
