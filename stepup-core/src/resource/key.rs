//! One public key with its one algorithm.

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_lc_rs::rsa;
use aws_lc_rs::signature::{ParsedPublicKey, RsaPublicKeyComponents};

use super::algorithm::Algorithm;
use super::jwk::{Jwk, Material};
use super::keys::KeyFault;

pub(super) struct Key {
    pub(super) kid: Option<Box<str>>,
    pub(super) algorithm: Algorithm,
    checker: ParsedPublicKey,
    header: OnceLock<Box<str>>,
    /// Its name, algorithm and numbers: to know it again in the next set.
    fingerprint: Box<[u8]>,
    withdrawn: AtomicBool,
}

impl Key {
    /// `None` if it is not for checking signatures, or of an algorithm that is unknown or not wanted.
    pub(super) fn from_jwk(jwk: &Jwk, only: Option<Algorithm>) -> Result<Option<Self>, KeyFault> {
        Self::read(jwk, only, only)
    }

    /// The same, of any algorithm; an RSA key that states none is for `rsa`.
    #[cfg(feature = "discovery")]
    pub(super) fn from_jwk_or(jwk: &Jwk, rsa: Algorithm) -> Result<Option<Self>, KeyFault> {
        Self::read(jwk, None, Some(rsa))
    }

    fn read(
        jwk: &Jwk,
        only: Option<Algorithm>,
        rsa: Option<Algorithm>,
    ) -> Result<Option<Self>, KeyFault> {
        let Some(material) = jwk.material()? else { return Ok(None) };
        let algorithm = match (jwk.algorithm(), &material) {
            (None, _) => return Ok(None),
            (Some(Some(stated)), _) => stated,
            (Some(None), Material::Curve { algorithm, .. }) => *algorithm,
            (Some(None), Material::Rsa { .. }) => rsa.ok_or(KeyFault::NoAlgorithm)?,
        };
        if only.is_some_and(|only| only != algorithm) {
            return Ok(None);
        }
        let fingerprint = material.fingerprint(jwk.kid.as_deref(), algorithm);
        let checker = match material {
            Material::Rsa { n, e } => rsa_checker(algorithm, &n, &e)?,
            Material::Curve { algorithm: curve, point } => {
                let params = algorithm.on_curve().filter(|_| curve == algorithm);
                let params = params.ok_or(KeyFault::OtherKind)?;
                if algorithm == Algorithm::EdDsa {
                    refuse_small_order(&point)?;
                }
                ParsedPublicKey::new(params, &point).map_err(|_| KeyFault::Malformed)?
            }
        };
        let kid = jwk.kid.as_deref().map(Into::into);
        Ok(Some(Self {
            kid,
            algorithm,
            checker,
            header: OnceLock::new(),
            fingerprint,
            withdrawn: AtomicBool::new(false),
        }))
    }

    /// From a `SubjectPublicKeyInfo` (RFC 5280 §4.1).
    pub(super) fn from_spki(algorithm: Algorithm, der: &[u8]) -> Result<Self, KeyFault> {
        let checker = match algorithm.on_curve() {
            Some(curve) => {
                if algorithm == Algorithm::EdDsa {
                    refuse_small_order(der)?;
                }
                ParsedPublicKey::new(curve, der).map_err(|_| KeyFault::OtherKind)?
            }
            None => {
                let key = rsa::PublicKey::from_der(der).map_err(|_| KeyFault::OtherKind)?;
                let parts = RsaPublicKeyComponents::<Vec<u8>>::from(&key);
                rsa_checker(algorithm, &parts.n, &parts.e)?
            }
        };
        Ok(Self {
            kid: None,
            algorithm,
            checker,
            header: OnceLock::new(),
            fingerprint: der.into(),
            withdrawn: AtomicBool::new(false),
        })
    }

    /// Whether the first token it accepted began with this very header segment: issuers repeat theirs
    /// to the byte, so it need not be decoded again.
    pub(super) fn remembers(&self, segment: &str) -> bool {
        self.header.get().is_some_and(|known| **known == *segment)
    }

    /// Whether this key made this signature over this message.
    #[must_use]
    pub(super) fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        self.checker.verify_sig(message, signature).is_ok()
    }

    /// Whether the issuer took the key out of its set: then it vouches for nothing any more, nor
    /// for what it vouched for before.
    pub(super) fn is_withdrawn(&self) -> bool {
        self.withdrawn.load(Ordering::Acquire)
    }

    pub(super) fn withdraw(&self) {
        self.withdrawn.store(true, Ordering::Release);
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.fingerprint == other.fingerprint
    }

    /// To be called with the header of a token whose signature has been checked, and never else.
    pub(super) fn remember_header(&self, segment: &str) {
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

/// Under an Ed25519 key of small order anybody can sign (RFC 8032 §5.1.7 leaves the check to us).
/// `key` ends with the point: its `y`, and one bit of its `x`.
fn refuse_small_order(key: &[u8]) -> Result<(), KeyFault> {
    /// All `y` whose points are of order 1, 2, 4 or 8, those beyond the field's prime included.
    const SMALL: [[u8; 32]; 7] = {
        const fn below_2_255(first: u8) -> [u8; 32] {
            let mut y = [0xff; 32];
            y[0] = first;
            y[31] = 0x7f;
            y
        }
        let mut one = [0; 32];
        one[0] = 1;
        [
            [0; 32],
            one,
            below_2_255(0xec),
            below_2_255(0xed),
            below_2_255(0xee),
            [
                0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef,
                0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88,
                0x6d, 0x53, 0xfc, 0x05,
            ],
            [
                0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10,
                0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77,
                0x92, 0xac, 0x03, 0x7a,
            ],
        ]
    };
    let Some((_, y)) = key.split_last_chunk::<32>() else { return Err(KeyFault::Malformed) };
    let mut y = *y;
    y[31] &= 0x7f;
    if SMALL.contains(&y) { Err(KeyFault::Weak) } else { Ok(()) }
}

/// RFC 7518 §3.3 asks for 2048 bits; the exponent for being odd and more than 1.
fn rsa_checker(algorithm: Algorithm, n: &[u8], e: &[u8]) -> Result<ParsedPublicKey, KeyFault> {
    let params = algorithm.rsa().ok_or(KeyFault::OtherKind)?;
    let (Some(first), Some(last)) = (n.first(), e.last()) else { return Err(KeyFault::Malformed) };
    let bits = (n.len() * 8).saturating_sub(first.leading_zeros() as usize);
    if *first == 0 || e.first() == Some(&0) {
        return Err(KeyFault::Malformed);
    }
    if n.last().is_some_and(|last| last % 2 == 0) {
        return Err(KeyFault::Malformed);
    }
    if !(2048..=8192).contains(&bits) || last % 2 == 0 || e == [1] || e.len() > 4 {
        return Err(KeyFault::Weak);
    }
    let parts = RsaPublicKeyComponents { n, e };
    parts.to_parsed_public_key(params).map_err(|_| KeyFault::Malformed)
}
