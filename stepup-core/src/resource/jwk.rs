//! JSON Web Keys (RFC 7517, RFC 7518 §6, RFC 8037 §2), read strictly.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::algorithm::Algorithm;
use super::json::{MAX_KEYS_BYTES, check_members};
use super::keys::{KeyError, KeyFault};

/// The members that matter; `serde` refuses any of them standing twice, and [`check_members`]
/// all others.
#[derive(Deserialize)]
pub(crate) struct Jwk {
    kty: String,
    pub(crate) kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
    d: Option<serde::de::IgnoredAny>,
    k: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct JwkSet {
    keys: Vec<Jwk>,
}

/// The numbers of a public key.
pub(crate) enum Material {
    Curve { algorithm: Algorithm, point: Vec<u8> },
    Rsa { n: Vec<u8>, e: Vec<u8> },
}

pub(crate) fn read_jwks(json: &[u8]) -> Result<Vec<Jwk>, KeyError> {
    if json.len() > MAX_KEYS_BYTES || check_members(json).is_err() {
        return Err(KeyFault::NoSet.into());
    }
    let set: JwkSet = serde_json::from_slice(json).map_err(|_| KeyFault::NoSet)?;
    Ok(set.keys)
}

impl Jwk {
    /// The algorithm it states: `None` if that is one we do not know, `Some(None)` if it states
    /// none.
    #[expect(clippy::option_option, reason = "three answers: unknown, unstated, stated")]
    pub(crate) fn algorithm(&self) -> Option<Option<Algorithm>> {
        match &self.alg {
            None => Some(None),
            Some(name) => Algorithm::from_name(name).map(Some),
        }
    }

    /// Its numbers, or `None` if it is not for checking signatures or of a type unknown here.
    pub(crate) fn material(&self) -> Result<Option<Material>, KeyFault> {
        if self.kty == "oct" || self.k.is_some() {
            return Err(KeyFault::Symmetric);
        }
        if self.d.is_some() {
            return Err(KeyFault::Private);
        }
        let for_signatures = self.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
            && self.key_ops.as_ref().is_none_or(|ops| ops.iter().any(|op| op == "verify"));
        if !for_signatures {
            return Ok(None);
        }
        match self.kty.as_str() {
            "RSA" => Ok(Some(Material::Rsa { n: number(&self.n)?, e: number(&self.e)? })),
            "EC" => self.curve_point(&[Algorithm::Es256, Algorithm::Es384]),
            "OKP" => self.curve_point(&[Algorithm::EdDsa]),
            _ => Ok(None),
        }
    }

    fn curve_point(&self, known: &[Algorithm]) -> Result<Option<Material>, KeyFault> {
        let curve = self.crv.as_deref().ok_or(KeyFault::Malformed)?;
        let found = known.iter().find_map(|algorithm| {
            let (name, length) = algorithm.curve()?;
            (name == curve).then_some((*algorithm, length))
        });
        let Some((algorithm, length)) = found else { return Ok(None) };
        let x = number(&self.x)?;
        let point = if algorithm == Algorithm::EdDsa {
            x
        } else {
            let y = number(&self.y)?;
            if x.len() != length || y.len() != length {
                return Err(KeyFault::Malformed);
            }
            // Uncompressed (SEC 1 §2.3.3).
            [&[4], x.as_slice(), &y].concat()
        };
        Ok(Some(Material::Curve { algorithm, point }))
    }
}

fn number(text: &Option<String>) -> Result<Vec<u8>, KeyFault> {
    let text = text.as_ref().ok_or(KeyFault::Malformed)?;
    URL_SAFE_NO_PAD.decode(text).map_err(|_| KeyFault::Malformed)
}
