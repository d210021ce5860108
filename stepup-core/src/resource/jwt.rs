//! Access tokens that are JWTs (RFC 7515, RFC 9068): from the text to claims that somebody signed.

use std::sync::Arc;

use base64_simd::URL_SAFE_NO_PAD;

use super::claims::Claims;
use super::header::Header;
use super::issuer::IssuerRules;
use super::key::Key;
use super::keys::KeySet;
use super::verifier::TokenFault;
use crate::authentication::Authentication;
use crate::clock::Timestamp;

/// A token in its three parts, nothing of it decoded.
#[derive(Clone, Copy)]
pub(super) struct Jwt<'a> {
    header: &'a str,
    payload: &'a str,
    signature: &'a str,
    /// Header and payload: what is signed.
    message: &'a str,
}

impl<'a> Jwt<'a> {
    pub(super) fn split(token: &'a str) -> Result<Self, TokenFault> {
        let (message, signature) = token.rsplit_once('.').ok_or(TokenFault::Form)?;
        let (header, payload) = message.split_once('.').ok_or(TokenFault::Form)?;
        if payload.contains('.') {
            return Err(TokenFault::Form);
        }
        Ok(Self { header, payload, signature, message })
    }

    /// Which issuer it says to be of: enough to know whose keys to take, and for nothing else.
    pub(super) fn stated_issuer(self) -> Result<String, TokenFault> {
        Ok(Claims::issuer_of(&decode(self.payload)?)?.into_owned())
    }

    /// Header and payload of a token that nobody signed.
    #[cfg(feature = "danger")]
    pub(super) fn unsigned(self) -> Option<(&'a str, &'a str)> {
        self.signature.is_empty().then_some((self.header, self.payload))
    }

    /// The key of this set that its header names; `None` if there is none.
    pub(super) fn key(
        self,
        keys: &KeySet,
        rules: &IssuerRules,
    ) -> Result<Option<Arc<Key>>, TokenFault> {
        if let Some(key) = keys.find_by_header(self.header) {
            return Ok(Some(key.clone()));
        }
        let json = decode(self.header)?;
        let header = Header::read(&json, &rules.profile)?;
        Ok(keys.find(header.kid.as_deref(), header.algorithm).cloned())
    }

    /// The signature before the claims: nothing is read of a payload that nobody signed.
    pub(super) fn check(
        self,
        key: &Key,
        rules: &IssuerRules,
        now: Timestamp,
    ) -> Result<Authentication, TokenFault> {
        if !key.signed(self.message.as_bytes(), &decode(self.signature)?) {
            return Err(TokenFault::Signature);
        }
        key.remember_header(self.header);
        let payload = decode(self.payload)?;
        rules.token(Claims::read(&payload, rules.profile.own_claims())?, now)
    }
}

/// Base64url without padding and without unused bits (R-JWT-06).
pub(super) fn decode(segment: &str) -> Result<Vec<u8>, TokenFault> {
    URL_SAFE_NO_PAD.decode_to_vec(segment).map_err(|_| TokenFault::Form)
}
