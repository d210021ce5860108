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

/// The tokens of one issuer.
#[expect(missing_debug_implementations, reason = "it holds a private key")]
pub struct Tokens {
    /// Signs them.
    pub issuer: Issuer,
    /// Their `iss`.
    pub name: String,
    /// With the level that is asked for.
    pub good: Vec<String>,
    bad_signature: Vec<String>,
    low_level: Vec<String>,
    before: Vec<String>,
}

impl Tokens {
    pub(crate) fn new(algorithm: Algorithm) -> Result<Self, Failure> {
        Self::with(Issuer::new(algorithm), ISSUER, |token, _| token)
    }

    /// Of the issuer with this name, with whatever `more` adds to a token of a level.
    ///
    /// # Errors
    ///
    /// A clock that stands before 1970.
    pub fn with(
        issuer: Issuer,
        name: &str,
        more: impl Fn(Token, &str) -> Token,
    ) -> Result<Self, Failure> {
        let sign = |id: usize, level: &str| -> Result<String, Failure> {
            Ok(issuer.token(&more(token(name, id, level)?, level)))
        };
        let good = (0..COUNT).map(|id| sign(id, "mfa")).collect::<Result<Vec<_>, _>>()?;
        let bad_signature = good.iter().filter_map(|token| change_signature(token)).collect();
        let low_level = (COUNT..2 * COUNT).map(|id| sign(id, "single-factor"));
        let low_level = low_level.collect::<Result<_, _>>()?;
        let before = (0..BEFORE).map(|id| sign(2 * COUNT + id, "mfa")).collect::<Result<_, _>>()?;
        Ok(Self { issuer, name: name.to_owned(), good, bad_signature, low_level, before })
    }

    /// What is sent.
    #[must_use]
    pub fn of(&self, sent: Sent) -> &[String] {
        match sent {
            Sent::Nothing => &[],
            Sent::Known(_) | Sent::Unknown(_) | Sent::Unkept(_) => &self.good,
            Sent::BadSignature(_) => &self.bad_signature,
            Sent::LowLevel(_) => &self.low_level,
        }
    }

    /// What the gate has met before the measuring begins, as it has in a service that runs.
    #[must_use]
    pub fn before(&self, sent: Sent) -> &[String] {
        match sent {
            Sent::Known(_) => &self.good,
            _ => &self.before,
        }
    }

    /// A gate that knows all tokens that come, one that remembers none, or one whose map is full of
    /// others, so that each one drives another out.
    ///
    /// # Errors
    ///
    /// A key that the gate refuses.
    pub fn gate(&self, sent: Sent) -> Result<Gate, Failure> {
        let known_tokens = match sent {
            Sent::Known(_) => KnownTokens::default(),
            Sent::Unkept(_) => KnownTokens::none(),
            _ => KnownTokens::up_to(BEFORE),
        };
        let keys = KeySet::from_jwks(self.issuer.jwks().as_bytes())?;
        Ok(Gate::builder(&self.name, AUDIENCE).keys(keys).known_tokens(known_tokens).build()?)
    }
}

/// The claims of one token.
///
/// # Errors
///
/// A clock that stands before 1970.
pub fn token(issuer: &str, id: usize, level: &str) -> Result<Token, Failure> {
    // `jsonwebtoken` reads the system's clock, so these are of today.
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    Ok(Token::new()
        .with("iss", issuer)
        .with("sub", format!("248289761001-{id:06}"))
        .with("client_id", "https://app.example/web")
        .with("jti", format!("dbe39bf3a3ba4238a513f51d6e1691c4-{id:06}"))
        .with("iat", now - 30)
        .with("nbf", now - 30)
        .with("exp", now + 3600)
        .with("auth_time", now - 60)
        .with("acr", level)
        .with("amr", json!(["pwd", "otp", "mfa"]))
        .with("scope", "openid profile accounts:read payments:write"))
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
///
/// # Errors
///
/// Characters that no header may have.
pub fn credential(token: &str) -> Result<HeaderValue, Failure> {
    Ok(HeaderValue::from_str(&format!("Bearer {token}"))?)
}
