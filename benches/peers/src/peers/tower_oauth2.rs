//! `tower-oauth2-resource-server`: a layer. It has no check of claims, so the handler makes it.

use axum::routing::post;
use axum::{Extension, Router};
use http::StatusCode;
use stepup_tests::AUDIENCE;
use tower_oauth2_resource_server::server::OAuth2ResourceServer;
use tower_oauth2_resource_server::tenant::TenantConfiguration;
use tower_oauth2_resource_server::validation::ClaimsValidationSpec;

use super::Caller;
use crate::Failure;
use crate::app::PATH;
use crate::issuer::LoopbackIssuer;

async fn guarded(Extension(caller): Extension<Caller>) -> Result<&'static str, StatusCode> {
    if caller.is_high() { Ok("done") } else { Err(StatusCode::FORBIDDEN) }
}

pub(super) async fn router(issuer: &LoopbackIssuer) -> Result<Router, Failure> {
    let claims = ClaimsValidationSpec::recommended(&issuer.url, &vec![AUDIENCE.to_owned()]);
    let tenant = TenantConfiguration::builder(&issuer.url)
        .audiences(&[AUDIENCE])
        .claims_validation(claims)
        .build()
        .await?;
    let server = OAuth2ResourceServer::<Caller>::builder().add_tenant(tenant).build().await?;
    Ok(Router::new().route(PATH, post(guarded)).layer(server.into_layer()))
}
