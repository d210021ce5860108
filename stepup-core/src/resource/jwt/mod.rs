//! Access tokens that are JWTs (RFC 9068), checked here and now with the issuer's keys.

mod claims;
mod header;

use std::sync::Arc;
use std::time::Duration;

use base64_simd::URL_SAFE_NO_PAD;

use self::claims::Claims;
use self::header::Header;
use super::credential::Credential;
use super::key::Key;
use super::keys::KeySet;
use super::known::KnownMap;
use super::verifier::{TokenFault, Verification, Verifier};
use crate::authentication::Authentication;
use crate::clock::Timestamp;
use crate::ladder::Ladder;
use crate::method::Method;

/// Verifies the tokens of one issuer for one audience.
#[derive(Debug)]
pub(crate) struct JwtVerifier {
    pub(crate) issuer: Arc<str>,
    pub(crate) audience: Box<str>,
    pub(crate) keys: KeySet,
    pub(crate) ladder: &'static Ladder,
    pub(crate) skew: Duration,
    pub(crate) known: KnownMap,
}

impl Verifier for JwtVerifier {
    fn verify<'a>(&'a self, credential: Credential<'a>, now: Timestamp) -> Verification<'a> {
        let token = credential.token();
        Verification::Ready(match self.known.get(token) {
            Some(authentication) => Ok(authentication),
            None => self.check(token, now).map_err(Into::into).map(|authentication| {
                let authentication = Arc::new(authentication);
                self.known.insert(token, &authentication);
                authentication
            }),
        })
    }
}

impl JwtVerifier {
    /// The signature before the claims: nothing is read of a payload that nobody signed.
    fn check(&self, token: &str, now: Timestamp) -> Result<Authentication, TokenFault> {
        let (message, signature) = token.rsplit_once('.').ok_or(TokenFault::Form)?;
        let (header, payload) = message.split_once('.').ok_or(TokenFault::Form)?;
        if payload.contains('.') {
            return Err(TokenFault::Form);
        }
        let key = self.key(header)?;
        if !key.signed(message.as_bytes(), &decode(signature)?) {
            return Err(TokenFault::Signature);
        }
        key.remember_header(header);
        let payload = decode(payload)?;
        self.authentication(&Claims::read(&payload)?, now)
    }

    fn key(&self, segment: &str) -> Result<&Key, TokenFault> {
        if let Some(key) = self.keys.find_by_header(segment) {
            return Ok(key);
        }
        let json = decode(segment)?;
        let header = Header::read(&json)?;
        self.keys.find(header.kid.as_deref(), header.algorithm).ok_or(TokenFault::Key)
    }

    /// RFC 9068 §4, then what RFC 8725 adds.
    fn authentication(
        &self,
        claims: &Claims<'_>,
        now: Timestamp,
    ) -> Result<Authentication, TokenFault> {
        let latest = now.plus(self.skew);
        if *claims.issuer != *self.issuer {
            return Err(TokenFault::Issuer);
        }
        if !claims.audience.iter().any(|audience| **audience == *self.audience) {
            return Err(TokenFault::Audience);
        }
        let latest_login = latest.min(claims.issued_at.plus(self.skew));
        let login_later = claims.auth_time.is_some_and(|login| login.ceil > latest_login);
        if claims.issued_at > latest || login_later {
            return Err(TokenFault::Future);
        }
        if claims.bound {
            return Err(TokenFault::Bound);
        }
        // RFC 9068 §2.2: where no user stands behind a token, `sub` names the client.
        let issuer = self.issuer.clone();
        let mut authentication = if claims.subject == claims.client_id {
            Authentication::of_client(issuer, &claims.client_id, claims.expires_at)
        } else {
            Authentication::of_user(issuer, &claims.subject, claims.expires_at)
                .with_client_id(&claims.client_id)
        }
        .with_token_id(&claims.token_id);
        if let Some(scope) = &claims.scope {
            authentication = authentication.with_scope(scope);
        }
        if let Some(level) = claims.acr.as_ref().and_then(|acr| self.ladder.find(acr)) {
            authentication = authentication.with_level(level);
        }
        if let Some(auth_time) = claims.auth_time {
            authentication = authentication.with_auth_time(auth_time.floor);
        }
        for method in &claims.methods {
            authentication = authentication.with_method(Method::new(method));
        }
        // A token is not valid before its issue either, also when it is met again.
        let not_before = claims.not_before.map_or(claims.issued_at, |at| at.max(claims.issued_at));
        authentication = authentication.with_not_before(not_before);
        // Only what may be used is remembered.
        authentication.check_times(now, latest)?;
        Ok(authentication)
    }
}

/// Base64url without padding and without unused bits (R-JWT-06).
fn decode(segment: &str) -> Result<Vec<u8>, TokenFault> {
    URL_SAFE_NO_PAD.decode_to_vec(segment).map_err(|_| TokenFault::Form)
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
    use serde_json::json;

    use super::*;
    use crate::resource::known::KnownTokens;

    const NOW: u64 = 1_800_000_000;

    /// Design §7: what was refused is not kept, a genuine token past its time included.
    #[test]
    fn t10_only_tokens_that_may_be_used_are_remembered() {
        let pair = Ed25519KeyPair::generate().unwrap();
        let x = URL_SAFE_NO_PAD.encode_to_string(pair.public_key());
        let jwks = json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": x}]}).to_string();
        let verifier = JwtVerifier {
            issuer: "https://idp.example".into(),
            audience: "https://api.example".into(),
            keys: KeySet::from_jwks(jwks.as_bytes()).unwrap(),
            ladder: Ladder::BUILT_IN,
            skew: Duration::from_secs(5),
            known: KnownTokens::default().map(),
        };
        for (name, changed, remembered) in [
            ("good", json!({}), true),
            ("expired", json!({"exp": NOW}), false),
            ("not valid yet", json!({"nbf": NOW + 60}), false),
            ("issued in the future", json!({"iat": NOW + 60}), false),
            ("another audience", json!({"aud": "https://other.example"}), false),
            ("bound to a key", json!({"cnf": {}}), false),
        ] {
            let mut claims = json!({
                "iss": "https://idp.example", "aud": "https://api.example", "sub": "alice",
                "client_id": "web", "jti": name, "iat": NOW - 9, "exp": NOW + 60,
            });
            claims.as_object_mut().unwrap().extend(changed.as_object().unwrap().clone());
            let header = json!({"typ": "at+jwt", "alg": "EdDSA"}).to_string();
            let [header, claims] =
                [header, claims.to_string()].map(|part| URL_SAFE_NO_PAD.encode_to_string(part));
            let message = format!("{header}.{claims}");
            let signature = URL_SAFE_NO_PAD.encode_to_string(pair.sign(message.as_bytes()));
            let token = format!("{message}.{signature}");
            let now = Timestamp::from_secs(NOW);
            let answer = verifier.verify(Credential::new(&token), now);
            assert!(matches!(answer, Verification::Ready(Ok(_))) == remembered, "{name}");
            assert_eq!(verifier.known.get(&token).is_some(), remembered, "{name}");
        }
    }
}
