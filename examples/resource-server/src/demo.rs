//! A throw-away issuer, and calls to paste.

use std::error::Error;
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use stepup_axum::Profile;

use crate::source::{Keys, Source};

pub(crate) struct Demo {
    issuer: String,
    audience: String,
    address: String,
    key: EncodingKey,
    now: u64,
}

impl Demo {
    pub(crate) fn new(address: &str) -> Result<Self, Box<dyn Error>> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
        Ok(Self {
            issuer: "https://issuer.example".to_owned(),
            audience: address.to_owned(),
            address: address.to_owned(),
            key: EncodingKey::from_ec_der(pair.to_pkcs8v1()?.as_ref()),
            now: SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs(),
        })
    }

    /// With the public half of the key, as an issuer publishes it.
    pub(crate) fn source(self) -> Result<Source, Box<dyn Error>> {
        let jwk = Jwk::from_encoding_key(&self.key, Algorithm::ES256)?;
        Ok(Source {
            issuer: self.issuer,
            audience: self.audience,
            profile: Profile::rfc9068(),
            keys: Keys::Given(serde_json::to_string(&JwkSet { keys: vec![jwk] })?),
        })
    }

    /// Calls, each with what it shows and the status that comes back.
    pub(crate) fn lines(&self) -> Result<String, Box<dyn Error>> {
        let just_now = self.now;
        let an_hour_ago = self.now.saturating_sub(60 * 60);
        let calls = [
            ("No token: who are you?", 401, "/fresh", None),
            (
                "A password alone: /fresh wants two factors.",
                401,
                "/fresh",
                Some(self.token("single-factor", &["pwd"], just_now)?),
            ),
            (
                "Two factors, but an hour ago: /fresh wants them within five minutes.",
                401,
                "/fresh",
                Some(self.token("mfa", &["pwd", "otp"], an_hour_ago)?),
            ),
            (
                "The same token where age does not matter: let in.",
                200,
                "/mfa",
                Some(self.token("mfa", &["pwd", "otp"], an_hour_ago)?),
            ),
            (
                "Two factors, just now: let in (for five minutes).",
                200,
                "/fresh",
                Some(self.token("mfa", &["pwd", "otp"], just_now)?),
            ),
        ];
        let mut text = String::from("Paste these into another terminal:\n");
        for (shows, status, path, token) in calls {
            let header =
                token.map_or(String::new(), |token| format!(" -H 'Authorization: Bearer {token}'"));
            text.push_str(&format!(
                "\n# {shows} -> {status}\ncurl -i -X POST {}{path}{header}\n",
                self.address
            ));
        }
        Ok(text)
    }

    fn token(&self, acr: &str, amr: &[&str], auth_time: u64) -> Result<String, Box<dyn Error>> {
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some("at+jwt".to_owned());
        let claims: Value = json!({
            "iss": self.issuer,
            "aud": self.audience,
            "sub": "alice",
            "client_id": "demo",
            "jti": format!("{acr}-{auth_time}"),
            "iat": self.now,
            "exp": self.now.saturating_add(60 * 60),
            "auth_time": auth_time,
            "acr": acr,
            "amr": amr,
        });
        Ok(jsonwebtoken::encode(&header, &claims, &self.key)?)
    }
}
