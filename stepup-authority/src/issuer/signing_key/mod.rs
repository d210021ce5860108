//! A key that signs tokens.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
    RsaKeyPair, RsaPublicKeyComponents,
};
use serde::Serialize;
use stepup_core::Algorithm;
use zeroize::Zeroizing;

use super::pem;
use super::public_jwk::{Numbers, PublicJwk, base64url};
use crate::start_error::StartError;
use crate::store::StoreError;

/// The object identifier of RSA keys, in DER (RFC 3279 §2.3.1).
const RSA_OID: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// More than any key.
const MAX_FILE_BYTES: u64 = 64 * 1024;

/// A private key for signing tokens: ES256 (P-256), EdDSA (Ed25519) or RS256 (RSA of at least 2048
/// bits). Its `kid` is its RFC 7638 thumbprint, so the same key has the same name everywhere.
///
/// A clone is the same key. What is private of it is wiped from memory with the last one.
///
/// ```
/// use stepup_authority::SigningKey;
/// use stepup_core::Algorithm;
///
/// let key = SigningKey::from_pem(b"-----BEGIN PRIVATE KEY-----
/// MC4CAQAwBQYDK2VwBCIEILMcKTdFh5LU/FwrkFi2OYJnNwRZG71II7Ctsw2NsTsz
/// -----END PRIVATE KEY-----")?;
/// assert_eq!(key.algorithm(), Algorithm::EdDsa);
/// assert_eq!(key.kid().len(), 43);
/// # Ok::<(), stepup_authority::StartError>(())
/// ```
#[derive(Clone)]
pub struct SigningKey(Arc<Inner>);

struct Inner {
    pair: Pair,
    algorithm: Algorithm,
    public: PublicJwk,
    /// Of every token that it signs, encoded.
    header: String,
}

enum Pair {
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
    Rsa(Box<RsaKeyPair>),
}

impl SigningKey {
    /// A new key. It lives in this process alone: for keys that outlive it, see
    /// [`SigningKeys::in_store`](crate::SigningKeys::in_store) and [`from_file`](Self::from_file).
    ///
    /// # Errors
    ///
    /// An algorithm other than ES256, EdDSA and RS256, or no random numbers from the system.
    ///
    /// ```
    /// use stepup_authority::SigningKey;
    /// use stepup_core::Algorithm;
    ///
    /// let key = SigningKey::generate(Algorithm::Es256)?;
    /// let error = SigningKey::generate(Algorithm::Ps512).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "nothing is signed with PS512 here: take ES256, EdDSA or RS256",
    /// );
    /// # Ok::<(), stepup_authority::StartError>(())
    /// ```
    pub fn generate(algorithm: Algorithm) -> Result<Self, StartError> {
        let failed = |_| StartError::new("the system makes no signing key: has it random numbers?");
        Self::of(match algorithm {
            Algorithm::Es256 => {
                let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING);
                Pair::Ec(pair.map_err(failed)?)
            }
            Algorithm::EdDsa => Pair::Ed(Ed25519KeyPair::generate().map_err(failed)?),
            Algorithm::Rs256 => {
                Pair::Rsa(Box::new(RsaKeyPair::generate(KeySize::Rsa2048).map_err(failed)?))
            }
            other => {
                return Err(StartError::new(format!(
                    "nothing is signed with {other} here: take ES256, EdDSA or RS256"
                )));
            }
        })
    }

    /// A private key in PEM (PKCS#8, `-----BEGIN PRIVATE KEY-----`). Its algorithm is the one of
    /// its kind: ES256 for P-256, EdDSA for Ed25519, RS256 for RSA.
    ///
    /// # Errors
    ///
    /// No such key in the text or more than one; one that is encrypted, public, in an older form,
    /// of another kind, or weak.
    ///
    /// ```
    /// let error = stepup_authority::SigningKey::from_pem(b"-----BEGIN EC PRIVATE KEY-----")
    ///     .unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "the signing key is in an older form (`EC PRIVATE KEY`, `RSA PRIVATE KEY`): write it \
    ///      as PKCS#8 with `openssl pkcs8 -topk8 -nocrypt -in key.pem -out signing-key.pem`",
    /// );
    /// ```
    pub fn from_pem(pem: &[u8]) -> Result<Self, StartError> {
        Self::from_pkcs8(&pem::private_key(pem)?)
    }

    /// The same from a file, which on Unix nobody may be able to read but its owner.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, or that others can; else as [`from_pem`](Self::from_pem).
    ///
    /// ```no_run
    /// use stepup_authority::SigningKey;
    /// let key = SigningKey::from_file("/etc/orders/signing-key.pem")?;
    /// # Ok::<(), stepup_authority::StartError>(())
    /// ```
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, StartError> {
        let path = path.as_ref();
        let shown = path.display();
        let unreadable = |error: std::io::Error| {
            StartError::new(format!("the signing key {shown} cannot be read: {error}"))
        };
        let file = File::open(path).map_err(unreadable)?;
        // Of what was opened: what stands under the name may change.
        let metadata = file.metadata().map_err(unreadable)?;
        if metadata.len() > MAX_FILE_BYTES {
            return Err(StartError::new(format!(
                "the signing key {shown} is larger than 64 KiB, which no key is: is it the right \
                 file?"
            )));
        }
        refuse_open_to_others(&metadata, path)?;
        let mut text = Zeroizing::new(Vec::with_capacity(usize::from(u16::MAX) + 1));
        file.take(MAX_FILE_BYTES).read_to_end(&mut text).map_err(unreadable)?;
        Self::from_pem(&text)
            .map_err(|error| StartError::new(format!("{shown} is no signing key: {error}")))
    }

    /// How it signs.
    ///
    /// ```
    /// use stepup_authority::SigningKey;
    /// use stepup_core::Algorithm;
    /// assert_eq!(SigningKey::generate(Algorithm::Es256)?.algorithm(), Algorithm::Es256);
    /// # Ok::<(), stepup_authority::StartError>(())
    /// ```
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.0.algorithm
    }

    /// Its name: the RFC 7638 thumbprint of its public half.
    ///
    /// ```
    /// use stepup_authority::SigningKey;
    /// assert_eq!(SigningKey::generate(stepup_core::Algorithm::Es256)?.kid().len(), 43);
    /// # Ok::<(), stepup_authority::StartError>(())
    /// ```
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.0.public.kid
    }

    pub(crate) fn public(&self) -> &PublicJwk {
        &self.0.public
    }

    pub(super) fn from_pkcs8(der: &[u8]) -> Result<Self, StartError> {
        if der.windows(RSA_OID.len()).take(32).any(|window| window == RSA_OID) {
            let pair = RsaKeyPair::from_pkcs8(der).map_err(|_| {
                StartError::new(
                    "the signing key is malformed, or an RSA key of less than 2048 bits or more \
                     than 8192: make one with `openssl genpkey -algorithm RSA -pkeyopt \
                     rsa_keygen_bits:2048 -out signing-key.pem`",
                )
            })?;
            return Self::of(Pair::Rsa(Box::new(pair)));
        }
        if let Ok(pair) = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der) {
            return Self::of(Pair::Ec(pair));
        }
        let pair = Ed25519KeyPair::from_pkcs8(der).map_err(|_| {
            StartError::new(
                "the signing key is malformed, or of a kind that is not used here: take P-256 \
                 (ES256), Ed25519 (EdDSA) or RSA (RS256)",
            )
        })?;
        Self::of(Pair::Ed(pair))
    }

    fn of(pair: Pair) -> Result<Self, StartError> {
        let (algorithm, numbers) = match &pair {
            Pair::Ec(pair) => (Algorithm::Es256, Numbers::p256(pair.public_key().as_ref())),
            Pair::Ed(pair) => {
                (Algorithm::EdDsa, Some(Numbers::ed25519(pair.public_key().as_ref())))
            }
            Pair::Rsa(pair) => {
                let key = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
                (Algorithm::Rs256, Some(Numbers::rsa(&key.n, &key.e)))
            }
        };
        let numbers = numbers
            .ok_or_else(|| StartError::new("the signing key has no public half: make another"))?;
        let alg = algorithm.name();
        let public = PublicJwk::new(numbers, alg);
        let header = format!(r#"{{"alg":"{alg}","typ":"at+jwt","kid":"{}"}}"#, public.kid);
        let header = base64url(header.as_bytes());
        Ok(Self(Arc::new(Inner { pair, algorithm, public, header })))
    }

    /// For the store, sealed.
    pub(super) fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let der = match &self.0.pair {
            Pair::Ec(pair) => pair.to_pkcs8v1().map(|der| der.as_ref().to_vec()),
            Pair::Ed(pair) => pair.to_pkcs8v1().map(|der| der.as_ref().to_vec()),
            Pair::Rsa(pair) => {
                let der: Result<Pkcs8V1Der<'_>, _> = pair.as_der();
                der.map(|der| der.as_ref().to_vec())
            }
        };
        der.map(Zeroizing::new).map_err(|_| unsigned("a signing key cannot be written"))
    }

    /// A token of these claims (RFC 9068 §2).
    pub(super) fn sign(&self, claims: &impl Serialize) -> Result<String, StoreError> {
        self.sign_under(&self.0.header, claims)
    }

    /// What a client shows an authorization server in place of a secret (RFC 7523 §3).
    #[cfg(feature = "oidc")]
    pub(crate) fn sign_assertion(&self, claims: &impl Serialize) -> Result<String, StoreError> {
        let (alg, kid) = (self.0.algorithm.name(), &self.0.public.kid);
        let header = format!(r#"{{"alg":"{alg}","typ":"JWT","kid":"{kid}"}}"#);
        self.sign_under(&base64url(header.as_bytes()), claims)
    }

    fn sign_under(&self, header: &str, claims: &impl Serialize) -> Result<String, StoreError> {
        let failed = || unsigned("the token cannot be signed");
        let claims = serde_json::to_vec(claims).map_err(|_| failed())?;
        let mut token = format!("{header}.{}", base64url(&claims));
        let message = token.as_bytes();
        let random = SystemRandom::new();
        let signature = match &self.0.pair {
            Pair::Ec(pair) => pair.sign(&random, message).map(|made| base64url(made.as_ref())),
            Pair::Ed(pair) => pair.try_sign(message).map(|made| base64url(made.as_ref())),
            Pair::Rsa(pair) => {
                let mut made = vec![0; pair.public_modulus_len()];
                let signed = pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut made);
                signed.map(|()| base64url(&made))
            }
        };
        token.push('.');
        token.push_str(&signature.map_err(|_| failed())?);
        Ok(token)
    }
}

fn unsigned(what: &str) -> StoreError {
    StoreError::Unavailable(what.to_owned())
}

#[cfg(unix)]
fn refuse_open_to_others(metadata: &std::fs::Metadata, path: &Path) -> Result<(), StartError> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let shown = path.display();
    Err(StartError::new(format!(
        "the signing key {shown} is open to others (mode {mode:03o}), who could sign tokens as this \
         service: `chmod 600 {shown}`, and make a new key if others were on the machine"
    )))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as on Unix")]
const fn refuse_open_to_others(_: &std::fs::Metadata, _: &Path) -> Result<(), StartError> {
    Ok(())
}

/// Its name and algorithm: nothing private.
impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({} {})", self.algorithm(), self.kid())
    }
}

mod tests;
