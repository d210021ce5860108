//! `jwt-authorizer`: a layer, a check of the claims, and an extractor for them. axum 0.7.

use std::time::Duration;

use axum_07::Router;
use axum_07::routing::post;
use jwt_authorizer::{
    IntoLayer as _, JwtAuthorizer, JwtClaims, Refresh, RefreshStrategy, Validation,
};
use stepup_tests::AUDIENCE;

use super::Caller;
use crate::Failure;
use crate::app::PATH;
use crate::issuer::LoopbackIssuer;

pub(super) fn bare() -> Router {
    Router::new().route(PATH, post(async || "done"))
}

async fn guarded(_: JwtClaims<Caller>) -> &'static str {
    "done"
}

pub(super) async fn router(issuer: &LoopbackIssuer) -> Result<Router, Failure> {
    with_refresh(issuer, Refresh::default()).await
}

/// It asks again for a `kid` that it does not know, but not within this time of the last answer.
pub(crate) async fn with_interval(
    issuer: &LoopbackIssuer,
    interval: Duration,
) -> Result<Router, Failure> {
    let refresh = Refresh {
        strategy: RefreshStrategy::KeyNotFound,
        refresh_interval: interval,
        retry_interval: interval,
    };
    with_refresh(issuer, refresh).await
}

async fn with_refresh(issuer: &LoopbackIssuer, refresh: Refresh) -> Result<Router, Failure> {
    let validation = Validation::new().iss(&[&issuer.url]).aud(&[AUDIENCE]).exp(true).nbf(true);
    let authorizer = JwtAuthorizer::<Caller>::from_oidc(&issuer.url)
        .refresh(refresh)
        .validation(validation)
        .check(Caller::is_high)
        .build()
        .await?;
    Ok(Router::new().route(PATH, post(guarded)).layer(authorizer.into_layer()))
}
