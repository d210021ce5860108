//! The service's own secret: what it seals records with, and what it hashes codes with.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use aws_lc_rs::hmac;
use base64_simd::{STANDARD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use crate::random::random;
use crate::start_error::StartError;
use crate::store::StoreError;

const ID_LEN: usize = 4;

/// The service's own secret, 32 bytes in base64: what stands in a store is sealed with it
/// (AES-256-GCM), and codes are kept as HMACs of it. Give it from the environment or a secret
/// store, the same to every instance, and never keep it where the store is.
///
/// To change it takes two steps, so that each instance can read what any other writes: first give
/// every instance the new one too, with [`or_before`](Self::or_before); when all have it, make it
/// the first, and keep the old one until the last record is written anew. What was sealed with a
/// secret that is gone cannot be read. Messages to an address are counted anew after the change.
///
/// ```
/// use stepup_authority::SealingKeys;
///
/// let keys = SealingKeys::from_base64("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")?;
/// assert_eq!(format!("{keys:?}"), "SealingKeys(1)");
/// # Ok::<(), stepup_authority::StartError>(())
/// ```
pub struct SealingKeys(Vec<SealingKey>);

struct SealingKey {
    id: [u8; ID_LEN],
    aead: LessSafeKey,
    hmac: hmac::Key,
}

impl SealingKeys {
    /// The secret in base64.
    ///
    /// # Errors
    ///
    /// Text that is not the base64 of 32 bytes, or bytes that are all the same.
    ///
    /// ```
    /// use stepup_authority::SealingKeys;
    /// let keys = SealingKeys::from_base64("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")?;
    /// # Ok::<(), stepup_authority::StartError>(())
    /// ```
    pub fn from_base64(secret: &str) -> Result<Self, StartError> {
        Ok(Self(vec![SealingKey::read(secret)?]))
    }

    /// The secret in this variable of the environment, such as `STEPUP_SEALING_KEY`.
    ///
    /// # Errors
    ///
    /// It is not set, or as [`from_base64`](Self::from_base64).
    ///
    /// ```
    /// let error = stepup_authority::SealingKeys::from_env("NOT_SET").unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "the environment has no `NOT_SET`: set it to 32 random bytes in base64, for example of \
    ///      `openssl rand -base64 32`",
    /// );
    /// ```
    pub fn from_env(name: &str) -> Result<Self, StartError> {
        let secret = std::env::var(name).map(Zeroizing::new).map_err(|_| {
            StartError::new(format!(
                "the environment has no `{name}`: set it to 32 random bytes in base64, for example \
                 of `openssl rand -base64 32`"
            ))
        })?;
        Self::from_base64(&secret)
    }

    /// A secret that lives as long as this value: for tests and demonstrations, and for a store
    /// that lives no longer.
    ///
    /// # Errors
    ///
    /// The operating system gives no random numbers.
    ///
    /// ```
    /// let keys = stepup_authority::SealingKeys::generate()?;
    /// # Ok::<(), stepup_authority::StartError>(())
    /// ```
    pub fn generate() -> Result<Self, StartError> {
        let secret = Zeroizing::new(random::<32>()?);
        Ok(Self(vec![SealingKey::derive(&secret)?]))
    }

    /// Still reads what was sealed with this one, in base64; writes nothing with it.
    ///
    /// # Errors
    ///
    /// As [`from_base64`](Self::from_base64).
    ///
    /// ```
    /// use stepup_authority::SealingKeys;
    ///
    /// let keys = SealingKeys::generate()?
    ///     .or_before("HxABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4=")?;
    /// # Ok::<(), stepup_authority::StartError>(())
    /// ```
    pub fn or_before(mut self, secret: &str) -> Result<Self, StartError> {
        self.0.push(SealingKey::read(secret)?);
        Ok(self)
    }

    /// Seals bytes so that they open in this context alone.
    pub(crate) fn seal(&self, context: &[&str], plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        let cannot = || StoreError::Unavailable("nothing can be sealed".to_owned());
        let key = self.0.first().ok_or_else(cannot)?;
        let nonce: [u8; NONCE_LEN] = random()?;
        let mut sealed = plain.to_vec();
        let aad = Aad::from(joined(context));
        key.aead
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed)
            .map_err(|_| cannot())?;
        Ok([&key.id[..], &nonce, &sealed].concat())
    }

    /// Opens what was sealed in this context; `None` for anything else.
    pub(crate) fn open(&self, context: &[&str], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (id, rest) = sealed.split_first_chunk::<ID_LEN>()?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_LEN>()?;
        let key = self.0.iter().find(|key| key.id == *id)?;
        let mut plain = Zeroizing::new(sealed.to_vec());
        let aad = Aad::from(joined(context));
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let length = key.aead.open_in_place(nonce, aad, &mut plain).ok()?.len();
        plain.truncate(length);
        Some(plain)
    }

    /// What a code is kept as in this context.
    pub(crate) fn tag(&self, context: &[&str], code: &str) -> Vec<u8> {
        let message = joined(&[context, &[code]].concat());
        self.0
            .first()
            .map(|key| hmac::sign(&key.hmac, &message).as_ref().to_vec())
            .unwrap_or_default()
    }

    /// Whether it is the code that was kept, in constant time.
    pub(crate) fn matches(&self, context: &[&str], code: &str, tag: &[u8]) -> bool {
        let message = joined(&[context, &[code]].concat());
        let mut matches = false;
        for key in &self.0 {
            matches |= hmac::verify(&key.hmac, &message, tag).is_ok();
        }
        matches
    }
}

impl SealingKey {
    fn read(secret: &str) -> Result<Self, StartError> {
        let wrong = || {
            StartError::new(
                "the sealing key is not the base64 of 32 random bytes: make one with \
                 `openssl rand -base64 32`",
            )
        };
        let bytes =
            STANDARD.decode_to_vec(secret.trim()).map(Zeroizing::new).map_err(|_| wrong())?;
        let bytes: &[u8; 32] = bytes.as_slice().try_into().map_err(|_| wrong())?;
        if bytes.iter().all(|byte| Some(byte) == bytes.first()) {
            return Err(wrong());
        }
        Self::derive(bytes)
    }

    fn derive(secret: &[u8; 32]) -> Result<Self, StartError> {
        let cannot = |_| StartError::new("the sealing key cannot be used");
        let derived = Salt::new(HKDF_SHA256, b"stepup authority").extract(secret);
        let bytes = |purpose: &[u8]| {
            let mut bytes = Zeroizing::new([0; 32]);
            derived.expand(&[purpose], Bytes32)?.fill(&mut *bytes)?;
            Ok(bytes)
        };
        let aead = bytes(b"seal").and_then(|key| UnboundKey::new(&AES_256_GCM, &*key));
        let hmac = bytes(b"tag").map_err(cannot)?;
        let name = bytes(b"name").map_err(cannot)?;
        let id = digest(&SHA256, &*name).as_ref().first_chunk().copied().unwrap_or_default();
        Ok(Self {
            id,
            aead: LessSafeKey::new(aead.map_err(cannot)?),
            hmac: hmac::Key::new(hmac::HMAC_SHA256, &*hmac),
        })
    }
}

/// 32 bytes, as HKDF wants to be told.
struct Bytes32;

impl KeyType for Bytes32 {
    fn len(&self) -> usize {
        32
    }
}

/// Parts one after the other, each after its length: no other parts make the same bytes.
fn joined(parts: &[&str]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    bytes
}

/// Sealed bytes as text, for a record.
pub(crate) fn to_text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode_to_string(bytes)
}

/// And back.
pub(crate) fn from_text(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode_to_vec(text).ok()
}

/// A digest of parts, each after its length.
pub(crate) fn digest_of(parts: &[&str]) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, &joined(parts)).as_ref());
    bytes
}

/// How many there are.
impl fmt::Debug for SealingKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingKeys({})", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const NEW: &str = "HxABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4=";

    #[test]
    fn s10_what_is_sealed_opens_in_its_context_alone() {
        let keys = SealingKeys::from_base64(OLD).unwrap();
        let sealed = keys.seal(&["alice", "totp"], b"seed").unwrap();
        assert_eq!(&**keys.open(&["alice", "totp"], &sealed).unwrap(), b"seed");
        assert!(!sealed.windows(4).any(|window| window == b"seed"));
        for context in [&["bob", "totp"][..], &["alice"], &["alicet", "otp"], &[]] {
            assert!(keys.open(context, &sealed).is_none(), "{context:?}");
        }
        for at in 0..sealed.len() {
            let mut other = sealed.clone();
            other[at] ^= 1;
            assert!(keys.open(&["alice", "totp"], &other).is_none(), "byte {at}");
            assert!(keys.open(&["alice", "totp"], &sealed[..at]).is_none(), "{at} bytes");
        }
        assert_ne!(sealed, keys.seal(&["alice", "totp"], b"seed").unwrap());
    }

    #[test]
    fn a_new_key_reads_what_the_old_one_wrote_and_writes_its_own() {
        let old = SealingKeys::from_base64(OLD).unwrap();
        let both = SealingKeys::from_base64(NEW).unwrap().or_before(OLD).unwrap();
        let new = SealingKeys::from_base64(NEW).unwrap();
        let by_old = old.seal(&["a"], b"1").unwrap();
        let by_both = both.seal(&["a"], b"1").unwrap();
        assert!(both.open(&["a"], &by_old).is_some());
        assert!(new.open(&["a"], &by_old).is_none());
        assert!(new.open(&["a"], &by_both).is_some());
        let tag = old.tag(&["c"], "123456");
        assert!(both.matches(&["c"], "123456", &tag));
        assert!(!both.matches(&["c"], "123457", &tag));
        assert!(!both.matches(&["d"], "123456", &tag));
        assert!(!new.matches(&["c"], "123456", &tag));
    }

    #[test]
    fn p3_what_is_no_key_is_refused() {
        let zeros = STANDARD.encode_to_string([0; 32]);
        for secret in ["", "secret", &STANDARD.encode_to_string([7; 31]), &zeros, "=="] {
            assert!(SealingKeys::from_base64(secret).is_err(), "{secret}");
        }
    }
}
