//! An issuer that a gate trusts, and what is particular about it.

use std::fmt;

#[cfg(feature = "introspection")]
use super::introspection::Introspection;
use super::key_source::KeySource;
use super::keys::KeySet;
use super::live_keys::LiveKeys;
use super::profile::Profile;

/// An issuer whose tokens a gate takes, for this API's audience there.
///
/// A gate for one issuer is begun with [`Gate::builder`](crate::Gate::builder), which takes the
/// same settings; further issuers are added with [`GateBuilder::trust`](crate::GateBuilder::trust).
/// Each has keys of its own, and the `iss` of a token decides whose are taken.
///
/// ```
/// use stepup_core::{Gate, Profile, TrustedIssuer};
///
/// let builder = Gate::builder("https://idp.example", "https://api.example").trust(
///     TrustedIssuer::new("https://acme.okta.com/oauth2/default", "api://default")
///         .profile(Profile::okta()),
/// );
/// ```
#[must_use]
pub struct TrustedIssuer {
    pub(super) issuer: Box<str>,
    pub(super) audience: Box<str>,
    pub(super) profile: Profile,
    pub(super) keys: Option<KeySource>,
    #[cfg(feature = "introspection")]
    pub(super) introspection: Option<Introspection>,
}

impl TrustedIssuer {
    /// An issuer (`iss`, compared byte for byte) and this API's own identifier there (`aud`).
    ///
    /// ```
    /// use stepup_core::TrustedIssuer;
    /// let issuer = TrustedIssuer::new("https://idp.example", "https://api.example");
    /// ```
    pub fn new(issuer: &str, audience: &str) -> Self {
        Self {
            issuer: issuer.into(),
            audience: audience.into(),
            profile: Profile::default(),
            keys: None,
            #[cfg(feature = "introspection")]
            introspection: None,
        }
    }

    /// How it writes logins into its tokens; [`Profile::rfc9068`] unless set.
    ///
    /// ```
    /// use stepup_core::{Profile, TrustedIssuer};
    /// let issuer = TrustedIssuer::new("https://idp.example", "https://api.example")
    ///     .profile(Profile::keycloak());
    /// ```
    pub fn profile(self, profile: Profile) -> Self {
        Self { profile, ..self }
    }

    /// Its keys, where they are not to be fetched.
    ///
    /// ```
    /// # use stepup_core::{Algorithm, KeySet, TrustedIssuer};
    /// # let pem = b"-----BEGIN PUBLIC KEY-----
    /// # MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
    /// # -----END PUBLIC KEY-----";
    /// let keys = KeySet::from_pem(Algorithm::EdDsa, pem)?;
    /// let issuer = TrustedIssuer::new("https://idp.example", "https://api.example").keys(keys);
    /// # Ok::<(), stepup_core::KeyError>(())
    /// ```
    pub fn keys(self, keys: KeySet) -> Self {
        Self { keys: Some(KeySource::Local(keys)), ..self }
    }

    /// Its keys, where it is in this very process and changes them while the gate is in use.
    ///
    /// ```
    /// # use stepup_core::{Algorithm, KeySet, LiveKeys, TrustedIssuer};
    /// # let pem = b"-----BEGIN PUBLIC KEY-----
    /// # MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
    /// # -----END PUBLIC KEY-----";
    /// let keys = LiveKeys::new(KeySet::from_pem(Algorithm::EdDsa, pem)?);
    /// let issuer =
    ///     TrustedIssuer::new("https://idp.example", "https://api.example").live_keys(&keys);
    /// # Ok::<(), stepup_core::KeyError>(())
    /// ```
    pub fn live_keys(self, keys: &LiveKeys) -> Self {
        Self { keys: Some(KeySource::Live(keys.clone())), ..self }
    }

    /// How to ask it about tokens that only it can read. Of a gate's issuers one can be asked: such
    /// a token does not tell whose it is.
    ///
    /// ```
    /// # let secret = "known to nobody";
    /// use stepup_core::{Introspection, TrustedIssuer};
    /// let issuer = TrustedIssuer::new("https://idp.example", "https://api.example")
    ///     .introspection(Introspection::new("orders-api", secret));
    /// ```
    #[cfg(feature = "introspection")]
    pub fn introspection(self, introspection: Introspection) -> Self {
        Self { introspection: Some(introspection), ..self }
    }

    /// Whether something has to be read of it before its tokens can be judged.
    #[cfg(feature = "discovery")]
    pub(super) fn wants_metadata(&self) -> bool {
        #[cfg(feature = "introspection")]
        if self.introspection.as_ref().is_some_and(Introspection::wants_endpoint) {
            return true;
        }
        self.keys.is_none()
    }

    /// The set of an issuer whose tokens need no keys here: it is asked about each.
    pub(super) fn without_keys(&self) -> Option<KeySource> {
        #[cfg(feature = "introspection")]
        if self.introspection.is_some() {
            return Some(KeySource::Local(KeySet::none()));
        }
        None
    }
}

impl fmt::Debug for TrustedIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrustedIssuer")
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .field("profile", &self.profile.name())
            .finish_non_exhaustive()
    }
}
