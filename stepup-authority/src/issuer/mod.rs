//! Who signs the authority's tokens: an issuer, its keys, and logins of its own.

mod builder;
mod claims;
mod held_keys;
mod key_record;
mod key_ring;
mod login;
mod pem;
mod place;
mod public_jwk;
mod shared_clock;
mod signing_key;
mod signing_keys;
mod stored_keys;

use std::fmt;
use std::sync::Arc;

use stepup_core::{Algorithm, Clock, Gate, GateBuilder};

pub use self::builder::IssuerBuilder;
pub(crate) use self::claims::{Claims, Confirmation};
use self::held_keys::{HeldKeys, jwks};
pub(crate) use self::key_ring::LONGEST_LIFE;
pub use self::login::{Login, LoginError};
use self::shared_clock::SharedClock;
pub use self::signing_key::SigningKey;
pub use self::signing_keys::SigningKeys;
use crate::sealing::SealingKeys;
use crate::store::{Store, StoreError};

/// An issuer of access tokens (RFC 9068) in this process: of logins
/// ([`issue_login`](Self::issue_login)) and of what ceremonies step them up to. A clone is the
/// same issuer.
///
/// ```
/// use std::sync::Arc;
/// use stepup_authority::{Issuer, SealingKeys};
/// use stepup_authority::store::MemoryStore;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let issuer = Issuer::builder("https://login.example", "https://api.example")
///     .open(Arc::new(MemoryStore::new()), Arc::new(SealingKeys::generate()?))
///     .await?;
/// let gate = issuer.gate().realm("accounts").build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Issuer(Arc<Inner>);

struct Inner {
    issuer: String,
    audience: String,
    clock: Arc<dyn Clock>,
    keys: Arc<HeldKeys>,
    store: Arc<dyn Store>,
    sealing: Arc<SealingKeys>,
}

impl Issuer {
    /// Begins an issuer of this name, the URL of the service that it is part of (`iss`), whose
    /// tokens are for this API (`aud`). Both are compared byte for byte.
    ///
    /// Where another provider logs the users in, the name has to differ from its name: neither may
    /// pass for the other.
    ///
    /// ```
    /// use stepup_authority::Issuer;
    /// let builder = Issuer::builder("https://login.example", "https://api.example");
    /// ```
    pub fn builder(issuer: &str, audience: &str) -> IssuerBuilder {
        IssuerBuilder::new(issuer, audience)
    }

    /// Begins a gate that takes this issuer's tokens, with its clock. It follows the keys without
    /// a network in between, also where another instance changes them: within half a minute. While
    /// the store is away it goes on with the keys that it has.
    ///
    /// ```
    /// use stepup_authority::Issuer;
    /// use stepup_core::{Gate, GateError};
    ///
    /// fn gate(issuer: &Issuer) -> Result<Gate, GateError> {
    ///     issuer.gate().realm("accounts").build()
    /// }
    /// ```
    pub fn gate(&self) -> GateBuilder {
        Gate::builder(self.issuer(), self.audience())
            .live_keys(self.0.keys.live())
            .clock(SharedClock(self.clock()))
    }

    /// The keys for gates elsewhere: a JSON Web Key Set (RFC 7517 §5) of all under which a token
    /// may be presented, now or soon.
    ///
    /// # Errors
    ///
    /// The store has not answered for an hour.
    ///
    /// ```
    /// use stepup_authority::Issuer;
    /// use stepup_authority::store::StoreError;
    /// use stepup_core::KeySet;
    ///
    /// async fn published(issuer: &Issuer) -> Result<usize, StoreError> {
    ///     Ok(issuer.jwks().await?.len())
    /// }
    /// ```
    pub async fn jwks(&self) -> Result<Vec<u8>, StoreError> {
        let ring = self.0.keys.current().await?;
        Ok(jwks(&ring, self.0.clock.now()))
    }

    /// After a key got into wrong hands: withdraws all keys of the store at once and signs with a
    /// new one. Every token there is ends: in this process now, in other instances within half a
    /// minute, in gates elsewhere when they fetch the keys again.
    ///
    /// # Errors
    ///
    /// The store does not answer; whether the keys were withdrawn is then open, and it may be
    /// called again. And keys that were given ([`SigningKeys::of`](crate::SigningKeys::of)): start
    /// with a new one, without [`and_before`](crate::SigningKeys::and_before).
    ///
    /// ```
    /// use stepup_authority::Issuer;
    /// use stepup_authority::store::StoreError;
    ///
    /// async fn a_key_is_stolen(issuer: &Issuer) -> Result<(), StoreError> {
    ///     issuer.rotate_now_and_withdraw().await
    /// }
    /// ```
    pub async fn rotate_now_and_withdraw(&self) -> Result<(), StoreError> {
        self.0.keys.renew().await.unwrap_or_else(|| {
            Err(StoreError::Refused(
                "the signing keys are none of its own: start with another key, and without the \
                 old one in `.and_before(…)`"
                    .to_owned(),
            ))
        })
    }

    /// Its name (`iss`).
    ///
    /// ```
    /// fn name(issuer: &stepup_authority::Issuer) -> &str {
    ///     issuer.issuer()
    /// }
    /// ```
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// The API that its tokens are for (`aud`).
    ///
    /// ```
    /// fn api(issuer: &stepup_authority::Issuer) -> &str {
    ///     issuer.audience()
    /// }
    /// ```
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.0.audience
    }

    /// The algorithms of the keys that are published, each once.
    ///
    /// # Errors
    ///
    /// As [`jwks`](Self::jwks).
    ///
    /// ```
    /// use stepup_authority::Issuer;
    /// use stepup_authority::store::StoreError;
    ///
    /// async fn is_rotated(issuer: &Issuer) -> Result<bool, StoreError> {
    ///     Ok(issuer.algorithms().await? == [stepup_core::Algorithm::EdDsa])
    /// }
    /// ```
    pub async fn algorithms(&self) -> Result<Vec<Algorithm>, StoreError> {
        let ring = self.0.keys.current().await?;
        let mut algorithms = Vec::new();
        for key in ring.published(self.0.clock.now()) {
            if !algorithms.contains(&key.algorithm()) {
                algorithms.push(key.algorithm());
            }
        }
        Ok(algorithms)
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.0.clock)
    }

    /// A token of these claims, which may not live for longer than [`LONGEST_LIFE`].
    pub(crate) async fn sign(&self, claims: &Claims<'_>) -> Result<String, StoreError> {
        let ring = self.0.keys.current().await?;
        ring.signing(self.0.clock.now()).key.sign(claims)
    }
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuer")
            .field("issuer", &self.0.issuer)
            .field("audience", &self.0.audience)
            .field("keys", &self.0.keys)
            .finish_non_exhaustive()
    }
}
