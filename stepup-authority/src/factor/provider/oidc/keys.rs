//! The provider's keys, and whether one of them signed a token (RFC 7515, RFC 7517).

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents,
    UnparsedPublicKey, VerificationAlgorithm,
};
use base64_simd::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;
use stepup_core::Algorithm;

/// More than any provider publishes.
const MOST: usize = 64;

pub(in super::super) struct Keys(Vec<Jwk>);

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Keys {
    /// What else stands among them, of other kinds, is none of ours.
    pub(super) fn read(json: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let Set { keys } = serde_json::from_slice(json).ok()?;
        let keys = keys.into_iter().take(MOST);
        let keys: Vec<Jwk> = keys.filter_map(|key| serde_json::from_value(key).ok()).collect();
        (!keys.is_empty()).then_some(Self(keys))
    }

    /// Whether there is one for a token of this header.
    pub(super) fn has(&self, kid: Option<&str>, algorithm: Algorithm) -> bool {
        self.find(kid, algorithm).is_some()
    }

    /// The one that the header names; where it names none, the only one that it can be.
    fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Option<&Jwk> {
        let mut fitting = self.0.iter().filter(|key| {
            key.fits(algorithm) && kid.is_none_or(|kid| key.kid.as_deref() == Some(kid))
        });
        let key = fitting.next()?;
        fitting.next().is_none().then_some(key)
    }

    pub(super) fn signed(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        let key = self.find(kid, algorithm);
        key.is_some_and(|key| key.signed(algorithm, message, signature).is_some())
    }
}

impl Jwk {
    fn fits(&self, algorithm: Algorithm) -> bool {
        let curve = match algorithm {
            Algorithm::EdDsa => Some(("OKP", "Ed25519")),
            Algorithm::Es256 => Some(("EC", "P-256")),
            Algorithm::Es384 => Some(("EC", "P-384")),
            _ => None,
        };
        let is_of_kind = match curve {
            Some((kty, crv)) => self.kty == kty && self.crv.as_deref() == Some(crv),
            None => self.kty == "RSA",
        };
        let verifies = self.key_ops.as_ref().is_none_or(|ops| ops.iter().any(|op| op == "verify"));
        is_of_kind
            && verifies
            && self.usage.as_deref().is_none_or(|usage| usage == "sig")
            && self.alg.as_deref().is_none_or(|alg| Algorithm::from_name(alg) == Some(algorithm))
    }

    fn signed(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> Option<()> {
        if let Some(parameters) = rsa(algorithm) {
            let (n, e) = (number(self.n.as_deref()?)?, number(self.e.as_deref()?)?);
            // An exponent of 1 would let anybody sign.
            if e.as_slice() == [1] || e.last().is_none_or(|last| last % 2 == 0) {
                return None;
            }
            let key = RsaPublicKeyComponents { n, e };
            return key.verify(parameters, message, signature).ok();
        }
        let x = number(self.x.as_deref()?)?;
        let (on, point): (&'static dyn VerificationAlgorithm, Vec<u8>) = match algorithm {
            Algorithm::EdDsa if x.len() == 32 => (&ED25519, x),
            Algorithm::Es256 => (&ECDSA_P256_SHA256_FIXED, self.point(x, 32)?),
            Algorithm::Es384 => (&ECDSA_P384_SHA384_FIXED, self.point(x, 48)?),
            _ => return None,
        };
        UnparsedPublicKey::new(on, point).verify(message, signature).ok()
    }

    /// Uncompressed (SEC 1 §2.3.3).
    fn point(&self, x: Vec<u8>, len: usize) -> Option<Vec<u8>> {
        let y = number(self.y.as_deref()?)?;
        (x.len() == len && y.len() == len).then(|| [vec![4], x, y].concat())
    }
}

const fn rsa(algorithm: Algorithm) -> Option<&'static RsaParameters> {
    Some(match algorithm {
        Algorithm::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
        Algorithm::Rs384 => &RSA_PKCS1_2048_8192_SHA384,
        Algorithm::Rs512 => &RSA_PKCS1_2048_8192_SHA512,
        Algorithm::Ps256 => &RSA_PSS_2048_8192_SHA256,
        Algorithm::Ps384 => &RSA_PSS_2048_8192_SHA384,
        Algorithm::Ps512 => &RSA_PSS_2048_8192_SHA512,
        _ => return None,
    })
}

fn number(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode_to_vec(text).ok().filter(|bytes| !bytes.is_empty())
}
