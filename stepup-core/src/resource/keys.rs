//! Public keys: which ones may sign a token, and with which one algorithm each.

use std::fmt;
use std::sync::OnceLock;

use aws_lc_rs::rsa;
use aws_lc_rs::signature::{ParsedPublicKey, RsaPublicKeyComponents};
use rustls_pki_types::SubjectPublicKeyInfoDer;
use rustls_pki_types::pem::PemObject;

use super::algorithm::Algorithm;
use super::jwk::{Jwk, Material, read_jwks};

/// The public keys of an issuer.
///
/// ```
/// use stepup_core::{Algorithm, KeySet};
///
/// let keys = KeySet::from_pem(Algorithm::EdDsa, b"-----BEGIN PUBLIC KEY-----
/// MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
/// -----END PUBLIC KEY-----")?;
/// assert_eq!(keys.algorithms(), [Algorithm::EdDsa]);
/// # Ok::<(), stepup_core::KeyError>(())
/// ```
#[derive(Debug)]
pub struct KeySet {
    keys: Vec<Key>,
}

impl KeySet {
    /// The signing keys of a JSON Web Key Set (RFC 7517 §5).
    ///
    /// A key for encryption (`use` is not `sig`, or `key_ops` lacks `verify`) is passed over, as
    /// is one of a type or algorithm that is not known here.
    ///
    /// # Errors
    ///
    /// Text that is no key set or names a member twice; no usable key; two keys of one `kid`; a
    /// symmetric or private key; an RSA key of less than 2048 bits, more than 8192, or with an even or
    /// tiny exponent; a point that is not on its curve; an RSA key without `alg` (a key has one
    /// algorithm: state it with [`from_jwks_with`](Self::from_jwks_with)).
    ///
    /// ```
    /// use stepup_core::KeySet;
    /// let error = KeySet::from_jwks(br#"{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}"#).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "key 1 is symmetric (`kty` is `oct`): whoever can check a token could make one; \
    ///      use an asymmetric key",
    /// );
    /// ```
    pub fn from_jwks(json: &[u8]) -> Result<Self, KeyError> {
        Self::read(json, None)
    }

    /// The same, for a set whose RSA keys state no `alg`: they are for this algorithm. Keys that
    /// state another are passed over.
    ///
    /// # Errors
    ///
    /// As [`from_jwks`](Self::from_jwks).
    ///
    /// ```
    /// use stepup_core::{Algorithm, KeySet};
    /// let error = KeySet::from_jwks_with(Algorithm::Rs256, br#"{"keys":[]}"#).unwrap_err();
    /// assert_eq!(error.to_string(), "the key set has no key that can check a signature");
    /// ```
    pub fn from_jwks_with(algorithm: Algorithm, json: &[u8]) -> Result<Self, KeyError> {
        Self::read(json, Some(algorithm))
    }

    fn read(json: &[u8], only: Option<Algorithm>) -> Result<Self, KeyError> {
        let mut keys: Vec<Key> = Vec::new();
        for (index, jwk) in read_jwks(json)?.iter().enumerate() {
            let at = |fault| KeyError { key: Some(index + 1), fault };
            let Some(key) = Key::from_jwk(jwk, only).map_err(at)? else { continue };
            if key.kid.is_some() && keys.iter().any(|known| known.kid == key.kid) {
                return Err(at(KeyFault::SameKid));
            }
            keys.push(key);
        }
        if keys.is_empty() { Err(KeyFault::NoKey.into()) } else { Ok(Self { keys }) }
    }

    /// One public key in PEM (`-----BEGIN PUBLIC KEY-----`, RFC 7468 §13), for this algorithm.
    ///
    /// It has no `kid`: it checks every token of its algorithm.
    ///
    /// # Errors
    ///
    /// No public key in the text, a key of another kind than the algorithm's, or a weak one.
    ///
    /// ```
    /// use stepup_core::{Algorithm, KeySet};
    /// let error = KeySet::from_pem(Algorithm::Es256, b"secret").unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "the text has no `-----BEGIN PUBLIC KEY-----` section",
    /// );
    /// ```
    pub fn from_pem(algorithm: Algorithm, pem: &[u8]) -> Result<Self, KeyError> {
        let der = SubjectPublicKeyInfoDer::from_pem_slice(pem).map_err(|_| KeyFault::NoPem)?;
        let checker = match algorithm.on_curve() {
            Some(curve) => {
                ParsedPublicKey::new(curve, der.as_ref()).map_err(|_| KeyFault::OtherKind)?
            }
            None => {
                let key = rsa::PublicKey::from_der(&der).map_err(|_| KeyFault::OtherKind)?;
                let parts = RsaPublicKeyComponents::<Vec<u8>>::from(&key);
                rsa_checker(algorithm, &parts.n, &parts.e)?
            }
        };
        let key = Key { kid: None, algorithm, checker, header: OnceLock::new() };
        Ok(Self { keys: vec![key] })
    }

    /// The algorithms of the keys, each once.
    ///
    /// ```
    /// # use stepup_core::{Algorithm, KeySet};
    /// # let keys = KeySet::from_pem(Algorithm::EdDsa, b"-----BEGIN PUBLIC KEY-----
    /// # MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
    /// # -----END PUBLIC KEY-----")?;
    /// assert_eq!(keys.algorithms(), [Algorithm::EdDsa]);
    /// # Ok::<(), stepup_core::KeyError>(())
    /// ```
    #[must_use]
    pub fn algorithms(&self) -> Vec<Algorithm> {
        let mut algorithms = Vec::new();
        for key in &self.keys {
            if !algorithms.contains(&key.algorithm) {
                algorithms.push(key.algorithm);
            }
        }
        algorithms
    }

    /// The key that a token's header names: by `kid` if it has one, else the only one of the
    /// algorithm. A key without `kid` is found under any.
    pub(crate) fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Option<&Key> {
        let named =
            kid.and_then(|kid| self.keys.iter().find(|key| key.kid.as_deref() == Some(kid)));
        if let Some(key) = named {
            return (key.algorithm == algorithm).then_some(key);
        }
        let mut candidates = self
            .keys
            .iter()
            .filter(|key| key.algorithm == algorithm && (kid.is_none() || key.kid.is_none()));
        let key = candidates.next()?;
        candidates.next().is_none().then_some(key)
    }

    /// The key whose last accepted token began with this very header segment: issuers repeat
    /// theirs to the byte, so it need not be decoded again.
    pub(crate) fn find_by_header(&self, segment: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.header.get().is_some_and(|known| **known == *segment))
    }
}

/// One public key with its one algorithm.
pub(crate) struct Key {
    kid: Option<Box<str>>,
    algorithm: Algorithm,
    checker: ParsedPublicKey,
    header: OnceLock<Box<str>>,
}

impl Key {
    fn from_jwk(jwk: &Jwk, only: Option<Algorithm>) -> Result<Option<Self>, KeyFault> {
        let Some(material) = jwk.material()? else { return Ok(None) };
        let algorithm = match (jwk.algorithm(), &material, only) {
            (None, ..) => return Ok(None),
            (Some(Some(stated)), _, _) => stated,
            (Some(None), Material::Curve { algorithm, .. }, _) => *algorithm,
            (Some(None), Material::Rsa { .. }, Some(only)) => only,
            (Some(None), Material::Rsa { .. }, None) => return Err(KeyFault::NoAlgorithm),
        };
        if only.is_some_and(|only| only != algorithm) {
            return Ok(None);
        }
        let checker = match material {
            Material::Rsa { n, e } => rsa_checker(algorithm, &n, &e)?,
            Material::Curve { algorithm: curve, point } => {
                let params = algorithm.on_curve().filter(|_| curve == algorithm);
                let params = params.ok_or(KeyFault::OtherKind)?;
                ParsedPublicKey::new(params, &point).map_err(|_| KeyFault::Malformed)?
            }
        };
        let kid = jwk.kid.as_deref().map(Into::into);
        Ok(Some(Self { kid, algorithm, checker, header: OnceLock::new() }))
    }

    /// Whether this key made this signature over this message.
    #[must_use]
    pub(crate) fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        self.checker.verify_sig(message, signature).is_ok()
    }

    /// To be called with the header of a token whose signature has been checked, and never else.
    pub(crate) fn remember_header(&self, segment: &str) {
        self.header.get_or_init(|| segment.into());
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("kid", &self.kid)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

/// RFC 7518 §3.3 asks for 2048 bits; the exponent for being odd and more than 1.
fn rsa_checker(algorithm: Algorithm, n: &[u8], e: &[u8]) -> Result<ParsedPublicKey, KeyFault> {
    let params = algorithm.rsa().ok_or(KeyFault::OtherKind)?;
    let (Some(first), Some(last)) = (n.first(), e.last()) else { return Err(KeyFault::Malformed) };
    let bits = (n.len() * 8).saturating_sub(first.leading_zeros() as usize);
    if *first == 0 || e.first() == Some(&0) {
        return Err(KeyFault::Malformed);
    }
    if !(2048..=8192).contains(&bits) || last % 2 == 0 || e == [1] || e.len() > 4 {
        return Err(KeyFault::Weak);
    }
    let parts = RsaPublicKeyComponents { n, e };
    parts.to_parsed_public_key(params).map_err(|_| KeyFault::Malformed)
}

/// Why a key set cannot be used. A start-up error: it names the key by its place and says what to
/// do, and repeats nothing of it.
///
/// ```
/// let error = stepup_core::KeySet::from_jwks(b"{}").unwrap_err();
/// assert_eq!(error.to_string(), "the text is no JSON Web Key Set (`{\"keys\": […]}`)");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyError {
    /// Counted from 1.
    key: Option<usize>,
    fault: KeyFault,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyFault {
    Malformed,
    NoAlgorithm,
    NoKey,
    NoPem,
    NoSet,
    OtherKind,
    Private,
    SameKid,
    Symmetric,
    Weak,
}

impl From<KeyFault> for KeyError {
    fn from(fault: KeyFault) -> Self {
        Self { key: None, fault }
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.fault {
            KeyFault::NoKey => {
                return f.write_str("the key set has no key that can check a signature");
            }
            KeyFault::NoPem => {
                return f.write_str("the text has no `-----BEGIN PUBLIC KEY-----` section");
            }
            KeyFault::NoSet => {
                return f.write_str("the text is no JSON Web Key Set (`{\"keys\": […]}`)");
            }
            KeyFault::Malformed => "is malformed: its numbers make no key of its type",
            KeyFault::NoAlgorithm => {
                "is an RSA key without `alg`: a key has one algorithm; state it with \
                 `KeySet::from_jwks_with`"
            }
            KeyFault::OtherKind => "is of another kind than its algorithm",
            KeyFault::Private => "is a private key: give the public half alone",
            KeyFault::SameKid => "has the `kid` of a key before it: make them differ",
            KeyFault::Symmetric => {
                "is symmetric (`kty` is `oct`): whoever can check a token could make one; use an \
                 asymmetric key"
            }
            KeyFault::Weak => {
                "is weak: RSA keys have 2048 to 8192 bits and an odd exponent of 3 to 2^32"
            }
        };
        match self.key {
            Some(key) => write!(f, "key {key} {what}"),
            None => write!(f, "the key {what}"),
        }
    }
}

impl std::error::Error for KeyError {}
