//! One proof, read strictly (RFC 9449 §4.2).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use base64_simd::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::ProofFault;
use crate::resource::algorithm::Algorithm;
use crate::resource::json::check_members;
use crate::resource::jwk::Jwk;
use crate::resource::key::Key;
use crate::resource::numeric_date::NumericDate;

/// A proof whose signature is that of the key in it. That the key is the right one is not known
/// yet.
pub(super) struct Proof {
    /// Of the key in its header (RFC 7638).
    pub(super) thumbprint: String,
    pub(super) id: String,
    pub(super) method: String,
    pub(super) target: String,
    pub(super) issued_at: NumericDate,
    pub(super) nonce: Option<String>,
    token_digest: String,
}

#[derive(Deserialize)]
struct Header {
    typ: String,
    alg: String,
    jwk: Value,
    crit: Option<IgnoredAny>,
    b64: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Claims {
    jti: String,
    htm: String,
    htu: String,
    iat: NumericDate,
    ath: String,
    nonce: Option<String>,
}

const MAX_ID_BYTES: usize = 256;

impl Proof {
    pub(super) fn read(text: &str) -> Result<Self, ProofFault> {
        let (message, signature) = text.rsplit_once('.').ok_or(ProofFault::Form)?;
        let (header, payload) = message.split_once('.').ok_or(ProofFault::Form)?;
        let header: Header = object(header).map_err(|()| ProofFault::Header)?;
        let typed = ["dpop+jwt", "application/dpop+jwt"];
        if !typed.iter().any(|known| header.typ.eq_ignore_ascii_case(known))
            || header.crit.is_some()
            || header.b64.is_some()
        {
            return Err(ProofFault::Header);
        }
        // Only asymmetric algorithms have a name here.
        let algorithm = Algorithm::from_name(&header.alg).ok_or(ProofFault::Header)?;
        let jwk = Jwk::read(&header.jwk).ok().flatten().ok_or(ProofFault::Header)?;
        let key = Key::from_jwk(&jwk, Some(algorithm)).ok().flatten().ok_or(ProofFault::Header)?;
        let signature = URL_SAFE_NO_PAD.decode_to_vec(signature).map_err(|_| ProofFault::Form)?;
        if !key.signed(message.as_bytes(), &signature) {
            return Err(ProofFault::Signature);
        }
        let claims: Claims = object(payload).map_err(|()| ProofFault::Claims)?;
        if claims.jti.is_empty() || claims.jti.len() > MAX_ID_BYTES {
            return Err(ProofFault::Claims);
        }
        Ok(Self {
            thumbprint: jwk.thumbprint().ok_or(ProofFault::Header)?,
            id: claims.jti,
            method: claims.htm,
            target: claims.htu,
            issued_at: claims.iat,
            nonce: claims.nonce,
            token_digest: claims.ath,
        })
    }

    pub(super) fn is_for_token(&self, token: &str) -> bool {
        let expected = URL_SAFE_NO_PAD.encode_to_string(digest(&SHA256, token.as_bytes()));
        verify_slices_are_equal(self.token_digest.as_bytes(), expected.as_bytes()).is_ok()
    }
}

/// A base64url segment that is a JSON object in which every member stands once.
fn object<T: for<'de> Deserialize<'de>>(segment: &str) -> Result<T, ()> {
    let json = URL_SAFE_NO_PAD.decode_to_vec(segment).map_err(|_| ())?;
    check_members(&json).map_err(|_| ())?;
    serde_json::from_slice(&json).map_err(|_| ())
}
