//! What the user is sent to the provider with, and what is kept of it.

use aws_lc_rs::digest::{SHA256, digest};
use base64_simd::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use stepup_core::Timestamp;

use crate::random::random;

/// Kept for the answer, sealed.
#[derive(Serialize, Deserialize)]
pub(super) struct Asked {
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
    at: u64,
    /// Of the provider that it is about.
    pub(super) issuer: String,
    /// The user there, where it is known who that is.
    pub(super) subject: Option<String>,
}

/// What goes to the provider.
#[derive(Serialize, Deserialize)]
pub(super) struct Question {
    state: String,
    nonce: String,
    code_challenge: String,
    acr_values: String,
    login_hint: Option<String>,
    /// The moment, for what is signed.
    pub(super) at: u64,
}

impl Asked {
    /// 256 bits each. `None`: no random numbers.
    pub(super) fn new(at: Timestamp, issuer: String, subject: Option<String>) -> Option<Self> {
        let text = || Some(URL_SAFE_NO_PAD.encode_to_string(random::<32>().ok()?));
        let (state, nonce, verifier) = (text()?, text()?, text()?);
        Some(Self { state, nonce, verifier, at: at.as_secs(), issuer, subject })
    }

    pub(super) const fn at(&self) -> Timestamp {
        Timestamp::from_secs(self.at)
    }

    pub(super) fn question(&self, acr_values: String, login_hint: Option<String>) -> Question {
        let challenge = digest(&SHA256, self.verifier.as_bytes());
        Question {
            state: self.state.clone(),
            nonce: self.nonce.clone(),
            code_challenge: URL_SAFE_NO_PAD.encode_to_string(challenge.as_ref()),
            acr_values,
            login_hint,
            at: self.at,
        }
    }
}

impl Question {
    /// The authorization request (OpenID Connect Core 1.0 §3.1.2.1, RFC 7636 §4.3).
    pub(super) fn parameters<'a>(
        &'a self,
        client_id: &'a str,
        redirect_uri: &'a str,
    ) -> Vec<(&'static str, &'a str)> {
        let mut parameters = vec![
            ("response_type", "code"),
            ("client_id", client_id),
            ("redirect_uri", redirect_uri),
            ("scope", "openid"),
            ("state", &self.state),
            ("nonce", &self.nonce),
            ("code_challenge", &self.code_challenge),
            ("code_challenge_method", "S256"),
            // A session there is no proof of now. The second has the ID token say when it was.
            ("prompt", "login"),
            ("max_age", "0"),
        ];
        if !self.acr_values.is_empty() {
            parameters.push(("acr_values", &self.acr_values));
        }
        if let Some(hint) = &self.login_hint {
            parameters.push(("login_hint", hint));
        }
        parameters
    }
}
