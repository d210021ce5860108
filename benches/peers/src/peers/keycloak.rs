//! `axum-keycloak-auth`: a layer that requires roles, the nearest that it has to a level.

use std::sync::Arc;
use std::time::Duration;

use axum::routing::post;
use axum::{Extension, Router};
use axum_keycloak_auth::PassthroughMode;
use axum_keycloak_auth::decode::KeycloakToken;
use axum_keycloak_auth::instance::{KeycloakAuthInstance, KeycloakConfig};
use axum_keycloak_auth::layer::KeycloakAuthLayer;
use serde::Deserialize;
use stepup_tests::AUDIENCE;

use crate::Failure;
use crate::app::PATH;
use crate::issuer::LoopbackIssuer;

/// What its own type for the token leaves out.
#[derive(Clone, Deserialize)]
#[expect(dead_code, reason = "a handler would read them")]
struct More {
    client_id: String,
    scope: Option<String>,
    acr: Option<String>,
    amr: Option<Vec<String>>,
    auth_time: Option<u64>,
}

async fn guarded(_: Extension<KeycloakToken<String, More>>) -> &'static str {
    "done"
}

pub(super) async fn router(issuer: &LoopbackIssuer) -> Result<Router, Failure> {
    let config =
        KeycloakConfig::builder().server(issuer.url.parse()?).realm("bank".to_owned()).build();
    let instance = Arc::new(KeycloakAuthInstance::new(config));
    // A request that comes before it has begun to ask panics (`service.rs`, `poll_ready`).
    while !instance.is_operational().await {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let layer = KeycloakAuthLayer::<String, More>::builder()
        .instance(instance)
        .passthrough_mode(PassthroughMode::Block)
        .expected_audiences(vec![AUDIENCE.to_owned()])
        .required_roles(vec!["mfa".to_owned()])
        .build();
    Ok(Router::new().route(PATH, post(guarded)).layer(layer))
}
