//! `axum-jwt-auth`: an extractor. It has no check of claims, so the handler makes it.

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use axum::routing::post;
use axum_jwt_auth::{Claims, Decoder, RemoteJwksDecoder};
use http::StatusCode;
use jsonwebtoken_10::Validation;
use stepup_core::Algorithm;
use stepup_tests::AUDIENCE;

use super::{Caller, not_measured};
use crate::Failure;
use crate::app::PATH;
use crate::issuer::LoopbackIssuer;

#[derive(Clone)]
struct Shared(Decoder<Caller>);

impl FromRef<Shared> for Decoder<Caller> {
    fn from_ref(shared: &Shared) -> Self {
        shared.0.clone()
    }
}

async fn guarded(caller: Claims<Caller>) -> Result<&'static str, StatusCode> {
    if caller.claims.is_high() { Ok("done") } else { Err(StatusCode::FORBIDDEN) }
}

pub(super) async fn router(
    issuer: &LoopbackIssuer,
    algorithm: Algorithm,
) -> Result<Router, Failure> {
    let mut validation = Validation::new(match algorithm {
        Algorithm::Rs256 => jsonwebtoken_10::Algorithm::RS256,
        Algorithm::Es256 => jsonwebtoken_10::Algorithm::ES256,
        Algorithm::EdDsa => jsonwebtoken_10::Algorithm::EdDSA,
        other => return Err(not_measured(other)),
    });
    validation.set_audience(&[AUDIENCE]);
    validation.set_issuer(&[&issuer.url]);
    validation.set_required_spec_claims(&["exp", "aud", "iss"]);
    validation.validate_nbf = true;
    let decoder =
        RemoteJwksDecoder::builder().jwks_url(issuer.jwks_uri()).validation(validation).build()?;
    // The task that fetches goes on without the token that would stop it.
    drop(decoder.initialize().await?);
    Ok(Router::new().route(PATH, post(guarded)).with_state(Shared(Arc::new(decoder))))
}
