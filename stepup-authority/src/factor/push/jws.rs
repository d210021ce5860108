//! Statements signed with a device's key: ES256 in the compact form (RFC 7515 §3.1), and nothing
//! else.

#[cfg(feature = "device")]
use aws_lc_rs::rand::SystemRandom;
#[cfg(feature = "device")]
use aws_lc_rs::signature::EcdsaKeyPair;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
#[cfg(feature = "device")]
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use zeroize::Zeroizing;

use super::wire::EcJwk;
use crate::json::read_object;
use crate::sealing::from_text;
#[cfg(feature = "device")]
use crate::sealing::to_text;

/// A statement that nobody has verified yet.
pub(crate) struct Statement<'a> {
    message: &'a str,
    payload: Zeroizing<Vec<u8>>,
    signature: Vec<u8>,
}

impl<'a> Statement<'a> {
    /// Reads one of this type. Its header says the type and the algorithm, and nothing more: no key
    /// comes with it, and no extension.
    pub(crate) fn read(compact: &'a str, typ: &str) -> Option<Self> {
        let (message, signature) = compact.rsplit_once('.')?;
        let (header, payload) = message.split_once('.')?;
        let header = read_object(&from_text(header)?)?;
        let says = |name: &str| header.get(name).and_then(Value::as_str);
        if header.len() != 2 || says("alg") != Some("ES256") || says("typ") != Some(typ) {
            return None;
        }
        let payload = Zeroizing::new(from_text(payload)?);
        Some(Self { message, payload, signature: from_text(signature)? })
    }

    pub(crate) fn claims<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_value(Value::Object(read_object(&self.payload)?)).ok()
    }

    /// Whether it is signed with the private half of this key, a point of P-256.
    pub(crate) fn is_signed_with(&self, point: &[u8]) -> bool {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
            .verify(self.message.as_bytes(), &self.signature)
            .is_ok()
    }
}

impl EcJwk {
    /// The point that it is, uncompressed (SEC 1 §2.3.3); whether that lies on the curve is found
    /// out when something is verified with it.
    pub(crate) fn point(&self) -> Option<Vec<u8>> {
        let is_p256 = self.kty == "EC" && self.crv == "P-256";
        let coordinate = |text: &str| from_text(text).filter(|bytes| bytes.len() == 32);
        let (x, y) = (coordinate(&self.x)?, coordinate(&self.y)?);
        is_p256.then(|| [&[4], x.as_slice(), y.as_slice()].concat())
    }

    #[cfg(feature = "device")]
    pub(crate) fn of(point: &[u8]) -> Option<Self> {
        let (x, y) = point.strip_prefix(&[4])?.split_at_checked(32)?;
        let (kty, crv) = ("EC".to_owned(), "P-256".to_owned());
        Some(Self { kty, crv, x: to_text(x), y: to_text(y) })
    }
}

/// Signs one.
#[cfg(feature = "device")]
pub(crate) fn sign(key: &EcdsaKeyPair, typ: &str, claims: &impl Serialize) -> Option<String> {
    let header = to_text(format!(r#"{{"alg":"ES256","typ":"{typ}"}}"#).as_bytes());
    let claims = Zeroizing::new(serde_json::to_vec(claims).ok()?);
    let message = format!("{header}.{}", to_text(&claims));
    let signature = key.sign(&SystemRandom::new(), message.as_bytes()).ok()?;
    Some(format!("{message}.{}", to_text(signature.as_ref())))
}
