//! Verifying an ID token (OpenID Connect Core 1.0 §3.1.3.7).

use aws_lc_rs::digest::{Algorithm as Hash, SHA256, SHA384, SHA512, digest};
use base64_simd::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Map, Value};
use stepup_core::{Algorithm, Timestamp};
use subtle::ConstantTimeEq;

use super::keys::Keys;
use crate::json::read_object;

/// Seconds that the provider's clock may be off.
const SKEW: u64 = 5;

/// More than any has.
const LONGEST: usize = 16 * 1024;

/// One in its parts, of which nothing is believed yet.
pub(in super::super) struct IdToken<'a> {
    pub(super) kid: Option<String>,
    algorithm: Algorithm,
    message: &'a str,
    payload: &'a str,
    signature: Vec<u8>,
}

/// What it has to say.
pub(in super::super) struct Expected<'a> {
    pub(in super::super) issuer: &'a str,
    pub(in super::super) client_id: &'a str,
    /// Without one, the token came with the very answer, and it is that which dates the login.
    pub(in super::super) nonce: Option<&'a str>,
    /// When the user was sent there.
    pub(in super::super) asked_at: Timestamp,
    pub(in super::super) now: Timestamp,
    pub(in super::super) access_token: Option<&'a str>,
}

/// A login that the provider vouches for.
#[derive(Debug)]
pub(in super::super) struct Login {
    pub(in super::super) subject: String,
    pub(super) acr: Option<String>,
    pub(super) amr: Vec<String>,
    pub(super) auth_time: Option<Timestamp>,
}

/// What is wrong with one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Fault {
    /// This, for the log: it proves nothing, and somebody may have forged it.
    Forged(&'static str),
    /// The login is from before the user was sent there.
    Stale,
    /// It is not said when the login was.
    Undated,
}

impl<'a> IdToken<'a> {
    /// Of this algorithm, which was agreed upon when the service was registered (7).
    pub(in super::super) fn read(token: &'a str, algorithm: Algorithm) -> Result<Self, Fault> {
        const MALFORMED: Fault = Fault::Forged("no JWT");
        #[derive(Deserialize)]
        struct Header {
            alg: String,
            kid: Option<String>,
            typ: Option<String>,
            crit: Option<Value>,
            b64: Option<Value>,
        }
        if token.len() > LONGEST {
            return Err(MALFORMED);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(MALFORMED)?;
        let (header, payload) = message.split_once('.').ok_or(MALFORMED)?;
        let header = decode(header).ok_or(MALFORMED)?;
        let header: Header = serde_json::from_slice(&header).map_err(|_| MALFORMED)?;
        if Algorithm::from_name(&header.alg) != Some(algorithm) {
            return Err(Fault::Forged("its algorithm is another than was agreed upon"));
        }
        if header.crit.is_some() || header.b64.is_some() {
            return Err(Fault::Forged("its header asks for what is not understood"));
        }
        if header.typ.is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) {
            return Err(Fault::Forged("it is another kind of token"));
        }
        let signature = decode(signature).ok_or(MALFORMED)?;
        Ok(Self { kid: header.kid, algorithm, message, payload, signature })
    }

    /// Whether there is a key for it.
    pub(in super::super) fn has_key(&self, keys: &Keys) -> bool {
        keys.has(self.kid.as_deref(), self.algorithm)
    }

    /// The signature first: nothing is read of a payload that nobody vouches for.
    pub(in super::super) fn verify(
        &self,
        keys: &Keys,
        expected: &Expected<'_>,
    ) -> Result<Login, Fault> {
        let message = self.message.as_bytes();
        if !keys.signed(self.kid.as_deref(), self.algorithm, message, &self.signature) {
            return Err(Fault::Forged("its signature is not the provider's"));
        }
        let claims = decode(self.payload).and_then(|json| read_object(&json));
        let claims = claims.ok_or(Fault::Forged("its claims cannot be read"))?;
        expected.check(&claims, self.algorithm)?;
        let subject = claims.get("sub").and_then(Value::as_str).unwrap_or_default();
        if subject.is_empty() || subject.len() > 255 {
            return Err(Fault::Forged("it names no user"));
        }
        let texts = |values: &Vec<Value>| {
            let texts: Option<Vec<_>> =
                values.iter().map(|value| value.as_str().map(str::to_owned)).collect();
            texts.unwrap_or_default()
        };
        Ok(Login {
            subject: subject.to_owned(),
            acr: claims.get("acr").and_then(Value::as_str).map(str::to_owned),
            amr: claims.get("amr").and_then(Value::as_array).map(texts).unwrap_or_default(),
            auth_time: claims.get("auth_time").and_then(Value::as_u64).map(Timestamp::from_secs),
        })
    }
}

impl Expected<'_> {
    fn check(&self, claims: &Map<String, Value>, algorithm: Algorithm) -> Result<(), Fault> {
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        let moment = |name: &str| claims.get(name).and_then(Value::as_u64);
        let (now, asked_at) = (self.now.as_secs(), self.asked_at.as_secs());
        let (latest, earliest) = (now.saturating_add(SKEW), asked_at.saturating_sub(SKEW));
        let holds = |holds: bool, what| if holds { Ok(()) } else { Err(Fault::Forged(what)) };
        holds(text("iss") == Some(self.issuer), "it is of another issuer")?;
        holds(self.is_ours(claims), "it is for another client")?;
        holds(moment("exp").is_some_and(|at| now < at), "it has expired")?;
        let issued = moment("iat").is_some_and(|at| (earliest..=latest).contains(&at));
        holds(issued, "it is not of this login")?;
        holds(self.is_beside_its_token(text("at_hash"), algorithm), "it came with another token")?;
        let Some(expected) = self.nonce else { return Ok(()) };
        let nonce = text("nonce").unwrap_or_default();
        holds(nonce.as_bytes().ct_eq(expected.as_bytes()).into(), "its nonce is another")?;
        // `iat` never stands in for it: a session's ID tokens are new, and its login is not.
        match moment("auth_time") {
            Some(at) if at > latest => Err(Fault::Forged("its login is in the future")),
            Some(at) if at >= earliest => Ok(()),
            Some(_) => Err(Fault::Stale),
            None => Err(Fault::Undated),
        }
    }

    /// For this client and nobody beside it.
    fn is_ours(&self, claims: &Map<String, Value>) -> bool {
        let is_audience = match claims.get("aud") {
            Some(Value::String(audience)) => audience == self.client_id,
            Some(Value::Array(audiences)) => {
                matches!(audiences.as_slice(), [Value::String(one)] if one == self.client_id)
            }
            _ => false,
        };
        is_audience && claims.get("azp").is_none_or(|azp| azp.as_str() == Some(self.client_id))
    }

    /// §3.1.3.8; it need not say.
    fn is_beside_its_token(&self, at_hash: Option<&str>, algorithm: Algorithm) -> bool {
        let Some(at_hash) = at_hash else { return true };
        let hash: &'static Hash = match algorithm {
            Algorithm::Es384 | Algorithm::Ps384 | Algorithm::Rs384 => &SHA384,
            Algorithm::EdDsa | Algorithm::Ps512 | Algorithm::Rs512 => &SHA512,
            _ => &SHA256,
        };
        self.access_token.is_some_and(|token| {
            let digest = digest(hash, token.as_bytes());
            let half = digest.as_ref().get(..digest.as_ref().len() / 2);
            half.is_some_and(|half| URL_SAFE_NO_PAD.encode_to_string(half) == at_hash)
        })
    }
}

fn decode(segment: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode_to_vec(segment).ok()
}
