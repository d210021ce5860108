//! `aliri_axum` with `aliri_tower` and `aliri_oauth2`: a layer that verifies and an extractor that
//! checks scopes, the nearest that it has to a level. No EdDSA.

use std::time::Duration;

use aliri::jwt::{
    Audience, Audiences, CoreClaims, CoreValidator, Issuer, IssuerRef, Subject, SubjectRef,
};
use aliri_axum::scope_guards;
use aliri_clock::UnixTime;
use aliri_oauth2::{Authority, HasScope, Scope};
use aliri_tower::Oauth2Authorizer;
use axum::Router;
use axum::routing::post;
use serde::Deserialize;
use stepup_core::Algorithm;
use stepup_tests::AUDIENCE;

use super::not_measured;
use crate::Failure;
use crate::app::PATH;
use crate::issuer::LoopbackIssuer;

/// As its example does.
const REFRESH: Duration = Duration::from_secs(600);

scope_guards! {
    type Claims = Caller;

    scope High = "payments:write";
}

#[derive(Clone, Deserialize)]
#[expect(dead_code, reason = "a handler would read them")]
struct Caller {
    iss: Issuer,
    aud: Audiences,
    sub: Subject,
    client_id: String,
    jti: String,
    exp: UnixTime,
    nbf: UnixTime,
    scope: Scope,
    acr: Option<String>,
    amr: Option<Vec<String>>,
    auth_time: Option<u64>,
}

impl CoreClaims for Caller {
    fn nbf(&self) -> Option<UnixTime> {
        Some(self.nbf)
    }
    fn exp(&self) -> Option<UnixTime> {
        Some(self.exp)
    }
    fn aud(&self) -> &Audiences {
        &self.aud
    }
    fn iss(&self) -> Option<&IssuerRef> {
        Some(&self.iss)
    }
    fn sub(&self) -> Option<&SubjectRef> {
        Some(&self.sub)
    }
}

impl HasScope for Caller {
    fn scope(&self) -> &Scope {
        &self.scope
    }
}

async fn guarded(_: High) -> &'static str {
    "done"
}

pub(super) async fn router(
    issuer: &LoopbackIssuer,
    algorithm: Algorithm,
) -> Result<Router, Failure> {
    let algorithm = match algorithm {
        Algorithm::Rs256 => aliri::jwa::Algorithm::RS256,
        Algorithm::Es256 => aliri::jwa::Algorithm::ES256,
        other => return Err(not_measured(other)),
    };
    let validator = CoreValidator::default()
        .add_approved_algorithm(algorithm)
        .add_allowed_audience(Audience::from_static(AUDIENCE))
        .require_issuer(Issuer::new(issuer.url.clone()))
        .check_expiration()
        .check_not_before();
    let authority = Authority::new_from_url(issuer.jwks_uri(), validator).await?;
    authority.spawn_refresh(REFRESH);
    let authorizer = Oauth2Authorizer::new().with_claims::<Caller>().with_terse_error_handler();
    Ok(Router::new().route(PATH, post(guarded)).layer(authorizer.jwt_layer(authority)))
}
