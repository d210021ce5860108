//! Why a key set cannot be used.

use std::fmt;

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
    pub(super) key: Option<usize>,
    pub(super) fault: KeyFault,
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
    SeveralPem,
    Symmetric,
    #[cfg(feature = "discovery")]
    TooMany,
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
            KeyFault::SeveralPem => {
                return f.write_str(
                    "the text has more than one `-----BEGIN PUBLIC KEY-----` section: give one \
                     key, or a JSON Web Key Set",
                );
            }
            KeyFault::NoSet => {
                return f.write_str("the text is no JSON Web Key Set (`{\"keys\": […]}`)");
            }
            #[cfg(feature = "discovery")]
            KeyFault::TooMany => return f.write_str("the key set has more than 64 keys"),
            KeyFault::Malformed => "is malformed: its numbers make no key of its type",
            KeyFault::NoAlgorithm => {
                "is an RSA key without `alg`: a key has one algorithm; state it with \
                 `KeySet::from_jwks_with`"
            }
            KeyFault::OtherKind => "is malformed, or of another kind than its algorithm",
            KeyFault::Private => "is a private key: give the public half alone",
            KeyFault::SameKid => "has the `kid` of a key before it: make them differ",
            KeyFault::Symmetric => {
                "is symmetric (`kty` is `oct`): whoever can check a token could make one; use an \
                 asymmetric key"
            }
            KeyFault::Weak => {
                "is weak: RSA keys have 2048 to 8192 bits and an odd exponent of 3 to 2^32, and \
                 Ed25519 keys are no point of small order"
            }
        };
        match self.key {
            Some(key) => write!(f, "key {key} {what}"),
            None => write!(f, "the key {what}"),
        }
    }
}

impl std::error::Error for KeyError {}
