//! What one writes without a step-up crate: `jsonwebtoken` with its keys and rules built once, the
//! key found by its `kid`, the level and the age compared by hand, and the facts kept that ours
//! keeps for the handler. The frameworks' extractors wrap it.

use std::collections::HashMap;
use std::time::{SystemTime, UNIX_EPOCH};

use http::HeaderMap;
use http::header::AUTHORIZATION;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{DecodingKey, Validation};
use serde::Deserialize;
use stepup_core::Algorithm;
use stepup_tests::AUDIENCE;

use crate::Failure;
use crate::tokens::Tokens;

const LEVELS: [&str; 3] = ["mfa", "phr", "phrh"];
const MAX_AGE: u64 = 3600;

/// What the route's state holds.
#[derive(Debug)]
pub struct Checks {
    pub(crate) keys: HashMap<String, DecodingKey>,
    pub(crate) validation: Validation,
}

/// What the handler is told.
#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "a handler would read them")]
pub struct Claims {
    iss: String,
    sub: String,
    client_id: String,
    jti: String,
    exp: u64,
    scope: Option<String>,
    /// The level.
    pub acr: Option<String>,
    amr: Option<Vec<String>>,
    auth_time: Option<u64>,
}

/// Why a request does not go in.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "private to the workspace")]
pub enum Refusal {
    /// No token.
    NoToken,
    /// A token that is not good.
    Invalid,
    /// A good one that does not suffice.
    TooWeak,
}

impl Refusal {
    pub(crate) const fn challenge(&self) -> &'static str {
        match self {
            Self::NoToken => "Bearer",
            Self::Invalid => r#"Bearer error="invalid_token""#,
            Self::TooWeak => {
                r#"Bearer error="insufficient_user_authentication", acr_values="mfa", max_age=3600"#
            }
        }
    }
}

/// What every refusal carries beside its challenge.
pub(crate) const NO_STORE: &str = "no-store";
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";
pub(crate) const PROBLEM: &str = r#"{"type":"about:blank","title":"Unauthorized","status":401}"#;

impl Checks {
    /// The keys and rules for these tokens.
    ///
    /// # Errors
    ///
    /// A key that `jsonwebtoken` cannot read.
    pub fn new(tokens: &Tokens) -> Result<Self, Failure> {
        let jwk: Jwk = serde_json::from_value(tokens.issuer.jwk())?;
        let mut validation = Validation::new(match tokens.issuer.algorithm() {
            Algorithm::EdDsa => jsonwebtoken::Algorithm::EdDSA,
            Algorithm::Es256 => jsonwebtoken::Algorithm::ES256,
            Algorithm::Ps256 => jsonwebtoken::Algorithm::PS256,
            Algorithm::Rs256 => jsonwebtoken::Algorithm::RS256,
            other => return Err(format!("{other} is not measured").into()),
        });
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[&tokens.name]);
        validation.set_required_spec_claims(&["exp", "aud", "iss"]);
        validation.validate_nbf = true;
        let kid = jwk.common.key_id.clone().unwrap_or_default();
        Ok(Self { keys: HashMap::from([(kid, DecodingKey::from_jwk(&jwk)?)]), validation })
    }

    /// Verifies the token, whatever its level.
    ///
    /// # Errors
    ///
    /// No token or a bad one.
    pub fn verify(&self, headers: &HeaderMap) -> Result<Claims, Refusal> {
        let token = headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "))
            .ok_or(Refusal::NoToken)?;
        let kid = jsonwebtoken::decode_header(token).map_err(|_| Refusal::Invalid)?.kid;
        let key = kid.and_then(|kid| self.keys.get(&kid)).ok_or(Refusal::Invalid)?;
        let verified = jsonwebtoken::decode::<Claims>(token, key, &self.validation);
        Ok(verified.map_err(|_| Refusal::Invalid)?.claims)
    }

    pub(crate) fn caller(&self, headers: &HeaderMap) -> Result<Claims, Refusal> {
        let claims = self.verify(headers)?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let high = claims.acr.as_deref().is_some_and(|acr| LEVELS.contains(&acr));
        let fresh = claims.auth_time.is_some_and(|login| now.saturating_sub(login) <= MAX_AGE);
        if high && fresh { Ok(claims) } else { Err(Refusal::TooWeak) }
    }
}
