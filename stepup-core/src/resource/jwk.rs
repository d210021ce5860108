//! JSON Web Keys (RFC 7517, RFC 7518 §6, RFC 8037 §2), read strictly.

use aws_lc_rs::digest::{SHA256, digest};
use base64_simd::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

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
    keys: Vec<Value>,
}

/// The numbers of a public key.
pub(crate) enum Material {
    Curve { algorithm: Algorithm, point: Vec<u8> },
    Rsa { n: Vec<u8>, e: Vec<u8> },
}

impl Material {
    /// All that tells one key from another, each part behind its length.
    pub(crate) fn fingerprint(&self, kid: Option<&str>, algorithm: Algorithm) -> Box<[u8]> {
        let numbers = match self {
            Self::Curve { point, .. } => [point.as_slice(), &[]],
            Self::Rsa { n, e } => [n.as_slice(), e],
        };
        let named = [u8::from(kid.is_some())];
        let kid = kid.unwrap_or_default().as_bytes();
        let parts = [&named, kid, algorithm.name().as_bytes()].into_iter().chain(numbers);
        parts.flat_map(|part| [&part.len().to_be_bytes(), part].concat()).collect()
    }
}

/// The keys of a set, each read by itself, so that an odd one says nothing of the others.
pub(crate) fn read_jwks(json: &[u8]) -> Result<Vec<Value>, KeyError> {
    if json.len() > MAX_KEYS_BYTES || check_members(json).is_err() {
        return Err(KeyFault::NoSet.into());
    }
    let set: JwkSet = serde_json::from_slice(json).map_err(|_| KeyFault::NoSet)?;
    Ok(set.keys)
}

impl Jwk {
    /// One key, or `None` if it is of a type unknown here.
    pub(crate) fn read(json: &Value) -> Result<Option<Self>, KeyFault> {
        match json.get("kty").and_then(Value::as_str) {
            None => Err(KeyFault::Malformed),
            Some("RSA" | "EC" | "OKP" | "oct") => {
                Self::deserialize(json).map(Some).map_err(|_| KeyFault::Malformed)
            }
            Some(_) => Ok(None),
        }
    }

    /// The algorithm it states: `None` if that is one we do not know, `Some(None)` if it states
    /// none.
    #[expect(clippy::option_option, reason = "three answers: unknown, unstated, stated")]
    pub(crate) fn algorithm(&self) -> Option<Option<Algorithm>> {
        match &self.alg {
            None => Some(None),
            Some(name) => Algorithm::from_name(name).map(Some),
        }
    }

    /// Its numbers, or `None` if it is not for checking signatures, or of a curve or algorithm
    /// unknown here.
    pub(crate) fn material(&self) -> Result<Option<Material>, KeyFault> {
        if self.kty == "oct" || self.k.is_some() {
            return Err(KeyFault::Symmetric);
        }
        if self.d.is_some() {
            return Err(KeyFault::Private);
        }
        let for_signatures = self.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
            && self.key_ops.as_ref().is_none_or(|ops| ops.iter().any(|op| op == "verify"));
        if !for_signatures || self.algorithm().is_none() {
            return Ok(None);
        }
        match self.kty.as_str() {
            "RSA" => Ok(Some(Material::Rsa { n: number(&self.n)?, e: number(&self.e)? })),
            "EC" => self.curve_point(&[Algorithm::Es256, Algorithm::Es384]),
            "OKP" => self.curve_point(&[Algorithm::EdDsa]),
            _ => Ok(None),
        }
    }

    /// RFC 7638: of the members that make the key, in their order. Its numbers have been read, so
    /// their text is the only one they have.
    pub(crate) fn thumbprint(&self) -> Option<String> {
        let (crv, x, y) = (self.crv.as_deref(), self.x.as_deref(), self.y.as_deref());
        let (n, e) = (self.n.as_deref(), self.e.as_deref());
        let members = match self.kty.as_str() {
            "EC" => format!(r#"{{"crv":"{}","kty":"EC","x":"{}","y":"{}"}}"#, crv?, x?, y?),
            "OKP" => format!(r#"{{"crv":"{}","kty":"OKP","x":"{}"}}"#, crv?, x?),
            "RSA" => format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, e?, n?),
            _ => return None,
        };
        Some(URL_SAFE_NO_PAD.encode_to_string(digest(&SHA256, members.as_bytes())))
    }

    fn curve_point(&self, known: &[Algorithm]) -> Result<Option<Material>, KeyFault> {
        let curve = self.crv.as_deref().ok_or(KeyFault::Malformed)?;
        let found = known.iter().find_map(|algorithm| {
            let (name, length) = algorithm.curve()?;
            (name == curve).then_some((*algorithm, length))
        });
        let Some((algorithm, length)) = found else { return Ok(None) };
        let x = number(&self.x)?;
        if x.len() != length {
            return Err(KeyFault::Malformed);
        }
        let point = if algorithm == Algorithm::EdDsa {
            x
        } else {
            let y = number(&self.y)?;
            if y.len() != length {
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
    URL_SAFE_NO_PAD.decode_to_vec(text).map_err(|_| KeyFault::Malformed)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn jwk(json: &Value) -> Jwk {
        serde_json::from_value(json.clone()).unwrap()
    }

    /// T7, R-JWT-07, R-JWT-11.
    #[test]
    fn t7_a_key_set_is_json_read_one_way() {
        let long = format!(r#"{{"keys":[],"x":"{}"}}"#, "a".repeat(MAX_KEYS_BYTES));
        let many = format!(r#"{{"keys":[{}]}}"#, vec![r#"{"kty":"x"}"#; 513].join(","));
        for (json, count) in [
            (r#"{"keys":[]}"#, Some(0)),
            (r#" {"keys":[{"kty":"RSA","more":{"a":1}}],"more":null} "#, Some(1)),
            ("", None),
            ("null", None),
            ("[]", None),
            ("keys", None),
            ("{}", None),
            (r#"{"keys":null}"#, None),
            (r#"{"keys":{}}"#, None),
            (r#"{"keys":[]"#, None),
            (r#"{"keys":[]}{}"#, None),
            (r#"{"keys":[],}"#, None),
            (r#"{"keys":["RSA"]}"#, Some(1)),
            (r#"{"keys":[{}]}"#, Some(1)),
            (r#"{"keys":[{"kty":null}]}"#, Some(1)),
            (r#"{"keys":[{"kty":["RSA"]}]}"#, Some(1)),
            (r#"{"keys":[{"kty":"RSA","kid":7}]}"#, Some(1)),
            (r#"{"keys":[{"kty":"RSA","key_ops":"verify"}]}"#, Some(1)),
            (r#"{"keys":[],"keys":[]}"#, None),
            (r#"{"keys":[],"\u006beys":[]}"#, None),
            (r#"{"keys":[{"kty":"RSA","kty":"RSA"}]}"#, None),
            (r#"{"keys":[{"kty":"RSA","x5t":"a","x5t":"a"}]}"#, None),
            (r#"{"keys":[{"kty":"RSA","more":{"a":1,"a":1}}]}"#, None),
            (&long, None),
            (&many, None),
        ] {
            let read = read_jwks(json.as_bytes());
            let shown = json.get(..60).unwrap_or(json);
            assert_eq!(read.as_ref().map(Vec::len).ok(), count, "{shown}");
            if let Err(error) = read {
                assert_eq!(error, KeyFault::NoSet.into(), "{shown}");
            }
        }
        assert!(read_jwks(b"{\"keys\":[],\"x\":\"\xff\"}").is_err(), "not UTF-8");
    }

    /// An odd key is a fault of its own, and one of a new type none at all.
    #[test]
    fn each_key_is_read_by_itself() {
        for (json, expected) in [
            (json!("RSA"), Err(KeyFault::Malformed)),
            (json!({}), Err(KeyFault::Malformed)),
            (json!({"kty": null}), Err(KeyFault::Malformed)),
            (json!({"kty": ["RSA"]}), Err(KeyFault::Malformed)),
            (json!({"kty": "RSA", "kid": 7}), Err(KeyFault::Malformed)),
            (json!({"kty": "RSA", "key_ops": "verify"}), Err(KeyFault::Malformed)),
            (json!({"kty": "RSA"}), Ok(true)),
            (json!({"kty": "new", "x": 7, "kid": 7}), Ok(false)),
        ] {
            assert_eq!(Jwk::read(&json).map(|jwk| jwk.is_some()), expected, "{json}");
        }
    }

    #[test]
    fn r_jwt_01_an_algorithm_is_stated_unstated_or_unknown() {
        for (alg, expected) in [
            (json!(null), Some(None)),
            (json!("ES256"), Some(Some(Algorithm::Es256))),
            (json!("Ed25519"), Some(Some(Algorithm::EdDsa))),
            (json!("es256"), None),
            (json!("none"), None),
            (json!("HS256"), None),
            (json!("RSA-OAEP"), None),
            (json!(""), None),
        ] {
            assert_eq!(jwk(&json!({"kty": "EC", "alg": alg})).algorithm(), expected, "{alg}");
        }
    }

    /// R-JWT-02: what a key says it is for is respected.
    #[test]
    fn r_jwt_02_a_key_is_for_checking_signatures_or_passed_over() {
        let x = "A".repeat(43);
        for (purpose, expected) in [
            (json!({}), true),
            (json!({"use": "sig"}), true),
            (json!({"key_ops": ["verify"]}), true),
            (json!({"key_ops": ["wrapKey", "verify"]}), true),
            (json!({"use": "sig", "key_ops": ["verify"]}), true),
            (json!({"use": "enc"}), false),
            (json!({"use": "SIG"}), false),
            (json!({"use": ""}), false),
            (json!({"key_ops": []}), false),
            (json!({"key_ops": ["encrypt"]}), false),
            (json!({"use": "enc", "key_ops": ["verify"]}), false),
            (json!({"use": "sig", "key_ops": ["wrapKey"]}), false),
        ] {
            let mut members = json!({"kty": "OKP", "crv": "Ed25519", "x": x});
            members.as_object_mut().unwrap().extend(purpose.as_object().unwrap().clone());
            assert_eq!(jwk(&members).material().unwrap().is_some(), expected, "{purpose}");
        }
    }

    #[test]
    fn a_keys_numbers_are_there_and_base64url() {
        use KeyFault::{Malformed, Private, Symmetric};
        let (p256, p384) = ("A".repeat(43), "A".repeat(64));
        for (members, expected) in [
            (json!({"kty": "RSA", "n": "AQAB", "e": "AQAB"}), Ok(true)),
            (json!({"kty": "RSA", "n": "AQAB"}), Err(Malformed)),
            (json!({"kty": "RSA", "e": "AQAB"}), Err(Malformed)),
            (json!({"kty": "RSA", "n": "AQ+/", "e": "AQAB"}), Err(Malformed)),
            (json!({"kty": "RSA", "n": "AQ==", "e": "AQAB"}), Err(Malformed)),
            (json!({"kty": "RSA", "n": "AQ AB", "e": "AQAB"}), Err(Malformed)),
            // R-JWT-06: a last letter with bits that belong to no byte.
            (json!({"kty": "RSA", "n": "AR", "e": "AQAB"}), Err(Malformed)),
            (json!({"kty": "EC", "crv": "P-256", "x": p256, "y": p256}), Ok(true)),
            (json!({"kty": "EC", "crv": "P-384", "x": p384, "y": p384}), Ok(true)),
            (json!({"kty": "EC", "crv": "P-256", "x": p256}), Err(Malformed)),
            (json!({"kty": "EC", "crv": "P-256", "y": p256}), Err(Malformed)),
            (json!({"kty": "EC", "crv": "P-256", "x": p384, "y": p256}), Err(Malformed)),
            (json!({"kty": "EC", "crv": "P-256", "x": p256, "y": "AA"}), Err(Malformed)),
            (json!({"kty": "EC", "x": p256, "y": p256}), Err(Malformed)),
            (json!({"kty": "OKP", "crv": "Ed25519"}), Err(Malformed)),
            (json!({"kty": "OKP", "x": p256}), Err(Malformed)),
            (json!({"kty": "OKP", "crv": "Ed25519", "x": p384}), Err(Malformed)),
            (json!({"kty": "RSA", "alg": "RSA-OAEP", "n": "?"}), Ok(false)),
            (json!({"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA"}), Ok(false)),
            (json!({"kty": "EC", "crv": "secp256k1", "x": p256, "y": p256}), Ok(false)),
            (json!({"kty": "EC", "crv": "p-256", "x": p256, "y": p256}), Ok(false)),
            (json!({"kty": "EC", "crv": "Ed25519", "x": p256, "y": p256}), Ok(false)),
            (json!({"kty": "OKP", "crv": "X25519", "x": p256}), Ok(false)),
            (json!({"kty": "OKP", "crv": "P-256", "x": p256, "y": p256}), Ok(false)),
            (json!({"kty": "AKP", "pub": "AA"}), Ok(false)),
            (json!({"kty": "rsa", "n": "AQAB", "e": "AQAB"}), Ok(false)),
            (json!({"kty": "oct", "k": "AA"}), Err(Symmetric)),
            (json!({"kty": "oct"}), Err(Symmetric)),
            (json!({"kty": "oct", "use": "enc", "k": "AA"}), Err(Symmetric)),
            (json!({"kty": "RSA", "n": "AQAB", "e": "AQAB", "k": "AA"}), Err(Symmetric)),
            (json!({"kty": "RSA", "n": "AQAB", "e": "AQAB", "d": "AA"}), Err(Private)),
            (json!({"kty": "RSA", "use": "enc", "d": 7}), Err(Private)),
            (json!({"kty": "OKP", "crv": "Ed25519", "x": p256, "d": p256}), Err(Private)),
        ] {
            let material = jwk(&members).material().map(|material| material.is_some());
            assert_eq!(material, expected, "{members}");
        }
    }
}
