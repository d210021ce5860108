//! What one writes without a step-up crate: `jsonwebtoken` with its key and rules built once, and
//! the level and the age compared by hand. The frameworks' extractors wrap it.

use std::time::{SystemTime, UNIX_EPOCH};

use http::HeaderMap;
use http::header::AUTHORIZATION;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{DecodingKey, Validation};
use serde::Deserialize;
use stepup_core::Algorithm;
use stepup_tests::{AUDIENCE, ISSUER};

use crate::Failure;
use crate::tokens::Tokens;

const LEVELS: [&str; 3] = ["mfa", "phr", "phrh"];
const MAX_AGE: u64 = 3600;

/// What the route's state holds.
pub(crate) struct Checks {
    pub(crate) key: DecodingKey,
    pub(crate) validation: Validation,
}

#[derive(Deserialize)]
pub(crate) struct Claims {
    #[expect(dead_code, reason = "a handler would read it")]
    sub: String,
    acr: Option<String>,
    auth_time: Option<u64>,
}

pub(crate) enum Refusal {
    NoToken,
    Invalid,
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

impl Checks {
    pub(crate) fn new(tokens: &Tokens) -> Result<Self, Failure> {
        let jwk: Jwk = serde_json::from_value(tokens.issuer.jwk())?;
        let mut validation = Validation::new(match tokens.issuer.algorithm() {
            Algorithm::EdDsa => jsonwebtoken::Algorithm::EdDSA,
            Algorithm::Es256 => jsonwebtoken::Algorithm::ES256,
            Algorithm::Ps256 => jsonwebtoken::Algorithm::PS256,
            Algorithm::Rs256 => jsonwebtoken::Algorithm::RS256,
            other => return Err(format!("{other} is not measured").into()),
        });
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[ISSUER]);
        validation.set_required_spec_claims(&["exp", "aud", "iss"]);
        validation.validate_nbf = true;
        Ok(Self { key: DecodingKey::from_jwk(&jwk)?, validation })
    }

    pub(crate) fn caller(&self, headers: &HeaderMap) -> Result<Claims, Refusal> {
        let token = headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "))
            .ok_or(Refusal::NoToken)?;
        let claims = jsonwebtoken::decode::<Claims>(token, &self.key, &self.validation)
            .map_err(|_| Refusal::Invalid)?
            .claims;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let high = claims.acr.as_deref().is_some_and(|acr| LEVELS.contains(&acr));
        let fresh = claims.auth_time.is_some_and(|login| now.saturating_sub(login) <= MAX_AGE);
        if high && fresh { Ok(claims) } else { Err(Refusal::TooWeak) }
    }
}
