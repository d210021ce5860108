//! Signed beforehand: some hundred tokens of each kind, no two alike.

use std::time::{SystemTime, UNIX_EPOCH};

use http::HeaderValue;
use serde_json::json;
use stepup_core::{Algorithm, Gate, KeySet, KnownTokens};
use stepup_tests::{AUDIENCE, ISSUER, Issuer, Token};

use crate::Failure;
use crate::subject::Sent;

/// How many of each kind are measured with.
const COUNT: usize = 512;
/// How many a gate has met before.
const BEFORE: usize = 256;

pub(crate) struct Tokens {
    pub(crate) issuer: Issuer,
    pub(crate) good: Vec<String>,
    bad_signature: Vec<String>,
    low_level: Vec<String>,
    before: Vec<String>,
}

impl Tokens {
    pub(crate) fn new(algorithm: Algorithm) -> Result<Self, Failure> {
        let issuer = Issuer::new(algorithm);
        // `jsonwebtoken` reads the system's clock, so these are of today.
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let sign = |id: usize, level: &str| {
            let token = Token::new()
                .with("sub", format!("248289761001-{id:06}"))
                .with("client_id", "https://app.example/web")
                .with("jti", format!("dbe39bf3a3ba4238a513f51d6e1691c4-{id:06}"))
                .with("iat", now - 30)
                .with("nbf", now - 30)
                .with("exp", now + 3600)
                .with("auth_time", now - 60)
                .with("acr", level)
                .with("amr", json!(["pwd", "otp", "mfa"]))
                .with("scope", "openid profile accounts:read payments:write");
            issuer.token(&token)
        };
        let good: Vec<_> = (0..COUNT).map(|id| sign(id, "mfa")).collect();
        let bad_signature = good.iter().filter_map(|token| change_signature(token)).collect();
        let low_level = (COUNT..2 * COUNT).map(|id| sign(id, "single-factor")).collect();
        let before = (0..BEFORE).map(|id| sign(2 * COUNT + id, "mfa")).collect();
        Ok(Self { issuer, good, bad_signature, low_level, before })
    }

    pub(crate) fn of(&self, sent: Sent) -> &[String] {
        match sent {
            Sent::Nothing => &[],
            Sent::Known(_) | Sent::Unknown(_) | Sent::Unkept(_) => &self.good,
            Sent::BadSignature(_) => &self.bad_signature,
            Sent::LowLevel(_) => &self.low_level,
        }
    }

    /// What the gate has met before the measuring begins, as it has in a service that runs.
    pub(crate) fn before(&self, sent: Sent) -> &[String] {
        match sent {
            Sent::Known(_) => &self.good,
            _ => &self.before,
        }
    }

    /// A gate that knows all tokens that come, one that remembers none, or one whose map is full of
    /// others, so that each one drives another out.
    pub(crate) fn gate(&self, sent: Sent) -> Result<Gate, Failure> {
        let known_tokens = match sent {
            Sent::Known(_) => KnownTokens::default(),
            Sent::Unkept(_) => KnownTokens::none(),
            _ => KnownTokens::up_to(BEFORE),
        };
        let keys = KeySet::from_jwks(self.issuer.jwks().as_bytes())?;
        Ok(Gate::builder(ISSUER, AUDIENCE).keys(keys).known_tokens(known_tokens).build()?)
    }
}

/// Changes a character in the middle of the signature, so that its length and form stay.
fn change_signature(token: &str) -> Option<String> {
    let (message, signature) = token.rsplit_once('.')?;
    let other = |character| if character == 'A' { 'B' } else { 'A' };
    let changed: String = signature
        .chars()
        .enumerate()
        .map(|(place, character)| if place == 20 { other(character) } else { character })
        .collect();
    Some(format!("{message}.{changed}"))
}

/// The `Authorization` header that carries a token.
pub(crate) fn credential(token: &str) -> Result<HeaderValue, Failure> {
    Ok(HeaderValue::from_str(&format!("Bearer {token}"))?)
}
