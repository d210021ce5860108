//! Public keys: which ones may sign a token, and with which one algorithm each.

mod error;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use rustls_pki_types::SubjectPublicKeyInfoDer;
use rustls_pki_types::pem::PemObject;

pub use error::KeyError;
pub(crate) use error::KeyFault;

use super::algorithm::Algorithm;
use super::jwk::{Jwk, read_jwks};
use super::key::Key;

/// The most keys that a set from the network may have.
#[cfg(feature = "discovery")]
const MAX_ISSUER_KEYS: usize = 64;

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
pub struct KeySet {
    keys: Vec<Arc<Key>>,
    /// Several gates may read it, each by rules of its own: what one of them saw of a header says
    /// nothing to the others.
    shared: bool,
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
    /// tiny exponent; a point that is not on its curve, or of small order; an RSA key without `alg` (a key has one
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
        let mut keys: Vec<Arc<Key>> = Vec::new();
        for (index, jwk) in read_jwks(json)?.iter().enumerate() {
            let at = |fault| KeyError { key: Some(index + 1), fault };
            let jwk = Jwk::read(jwk).map_err(at)?;
            let key = jwk.map(|jwk| Key::from_jwk(&jwk, only)).transpose().map_err(at)?;
            let Some(key) = key.flatten() else { continue };
            if key.kid.is_some() && keys.iter().any(|known| known.kid == key.kid) {
                return Err(at(KeyFault::SameKid));
            }
            keys.push(Arc::new(key));
        }
        if keys.is_empty() { Err(KeyFault::NoKey.into()) } else { Ok(Self::of(keys)) }
    }

    /// A set that an issuer publishes: whatever cannot be used is left out and said in the log,
    /// so that one bad key does not spoil the others. Of two keys with one `kid` neither is used.
    /// An RSA key without `alg` is for `rsa`.
    #[cfg(feature = "discovery")]
    pub(super) fn from_issuer(json: &[u8], rsa: Algorithm) -> Result<Self, KeyError> {
        let mut keys: Vec<Key> = Vec::new();
        let mut twice: Vec<Box<str>> = Vec::new();
        let jwks = read_jwks(json)?;
        if jwks.len() > MAX_ISSUER_KEYS {
            return Err(KeyFault::TooMany.into());
        }
        for (index, jwk) in jwks.iter().enumerate() {
            let read = Jwk::read(jwk).and_then(|jwk| match jwk {
                Some(jwk) => Key::from_jwk_or(&jwk, rsa),
                None => Ok(None),
            });
            match read {
                Ok(Some(key)) if keys.iter().any(|known| known.is_same(&key)) => {}
                Ok(Some(key)) => {
                    let same = keys.iter().any(|known| known.kid == key.kid);
                    twice.extend(key.kid.clone().filter(|_| same));
                    keys.push(key);
                }
                Ok(None) => {}
                Err(fault) => {
                    let error = KeyError { key: Some(index + 1), fault };
                    tracing::warn!(reason = %error, "a key of the issuer's is left out");
                }
            }
        }
        if !twice.is_empty() {
            tracing::warn!("keys of the issuer's that have one `kid` are left out");
            keys.retain(|key| key.kid.as_ref().is_none_or(|kid| !twice.contains(kid)));
        }
        if keys.is_empty() {
            return Err(KeyFault::NoKey.into());
        }
        Ok(Self::of(keys.into_iter().map(Arc::new).collect()))
    }

    const fn of(keys: Vec<Arc<Key>>) -> Self {
        Self { keys, shared: false }
    }

    /// For several gates.
    pub(super) fn share(self) -> Self {
        Self { shared: true, ..self }
    }

    /// Checks nothing.
    #[cfg(feature = "introspection")]
    pub(super) const fn none() -> Self {
        Self::of(Vec::new())
    }

    #[cfg(feature = "introspection")]
    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Keys that stand in an older set too stay the same objects.
    pub(super) fn keep_from(&mut self, old: &Self) {
        for key in &mut self.keys {
            if let Some(same) = old.keys.iter().find(|known| known.is_same(key)) {
                key.clone_from(same);
            }
        }
    }

    /// Keys that stand in the newer set no more take along what they vouched for.
    pub(super) fn withdraw_all_but(&self, newer: &Self) {
        for key in &self.keys {
            if !newer.keys.iter().any(|kept| kept.is_same(key)) {
                key.withdraw();
            }
        }
    }

    /// One public key in PEM (`-----BEGIN PUBLIC KEY-----`, RFC 7468 §13), for this algorithm.
    ///
    /// It has no `kid`: it checks every token of its algorithm.
    ///
    /// # Errors
    ///
    /// No public key in the text or more than one, a key of another kind than the algorithm's, or
    /// a weak one.
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
        let mut sections = SubjectPublicKeyInfoDer::pem_slice_iter(pem);
        let (first, second) = (sections.next(), sections.next());
        if second.is_some() {
            return Err(KeyFault::SeveralPem.into());
        }
        let der = first.and_then(Result::ok).ok_or(KeyFault::NoPem)?;
        let key = Key::from_spki(algorithm, &der)?;
        Ok(Self::of(vec![Arc::new(key)]))
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
    pub(super) fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Option<&Arc<Key>> {
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

    /// The key that remembers this header segment, where it can only have it from these rules.
    pub(super) fn find_by_header(&self, segment: &str) -> Option<&Arc<Key>> {
        if self.shared {
            return None;
        }
        self.keys.iter().find(|key| key.remembers(segment))
    }
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeySet").field("keys", &self.keys).finish()
    }
}
