//! Tokens that every peer can read: what each checks instead of a level is in them.

use serde_json::json;
use stepup_benches::Tokens;
use stepup_core::Algorithm;
use stepup_tests::{Issuer, Token};

use crate::Failure;
use crate::issuer::LoopbackIssuer;

/// Signs tokens in this issuer's name, with a key that it publishes from now on.
pub(crate) fn tokens(issuer: &LoopbackIssuer, algorithm: Algorithm) -> Result<Tokens, Failure> {
    let tokens = Tokens::with(Issuer::new(algorithm), &issuer.url, for_all)?;
    issuer.publish(&[tokens.issuer.jwk()]);
    Ok(tokens)
}

/// One more.
pub(crate) fn token(key: &Issuer, issuer: &LoopbackIssuer, id: usize) -> Result<String, Failure> {
    Ok(key.token(&for_all(stepup_benches::token(&issuer.url, id, "mfa")?, "mfa")))
}

/// `aliri_axum` looks at the scope, `axum-keycloak-auth` at a role; it also insists on `azp` and
/// on a claim called `typ`.
fn for_all(token: Token, level: &str) -> Token {
    let (scope, roles) = match level {
        "mfa" => ("openid profile accounts:read payments:write", json!(["user", "mfa"])),
        _ => ("openid profile accounts:read", json!(["user"])),
    };
    token
        .with("scope", scope)
        .with("typ", "Bearer")
        .with("azp", "https://app.example/web")
        .with("realm_access", json!({ "roles": roles }))
}
