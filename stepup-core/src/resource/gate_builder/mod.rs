//! Settling a gate.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::dpop::Dpop;
use super::gate::Gate;
use super::gate_error::GateError;
#[cfg(feature = "introspection")]
use super::introspection::Introspection;
use super::keys::KeySet;
use super::known::KnownTokens;
use super::live_keys::LiveKeys;
use super::profile::Profile;
#[cfg(feature = "discovery")]
use super::remote::Network;
use super::resource_metadata::ProtectedResource;
use super::revocations::Revocations;
use super::trusted_issuer::TrustedIssuer;
use super::verifier::Verifier;
use crate::clock::{Clock, SystemClock};
use crate::ladder::Ladder;

pub(super) enum Source {
    /// The first is the one that the gate was begun with.
    Issuers(VecDeque<TrustedIssuer>),
    Own(Box<dyn Verifier>),
    #[cfg(feature = "danger")]
    FirebaseEmulator {
        project: Box<str>,
    },
}

/// Settles a [`Gate`]. All has a default but where the keys come from: they are given
/// ([`keys`](Self::keys), then [`build`](Self::build))
#[cfg_attr(feature = "discovery", doc = "or fetched ([`discover`](Self::discover)).")]
#[cfg_attr(not(feature = "discovery"), doc = "or, with the feature `discovery`, fetched.")]
///
/// ```
/// use std::time::Duration;
/// use stepup_core::{Gate, GateError, KeySet};
///
/// fn gate(keys: KeySet) -> Result<Gate, GateError> {
///     Gate::builder("https://idp.example", "https://api.example")
///         .keys(keys)
///         .skew(Duration::from_secs(2))
///         .realm("accounts")
///         .build()
/// }
/// ```
#[must_use]
pub struct GateBuilder {
    pub(super) source: Source,
    /// A setting that is an issuer's, of a gate that has none.
    pub(super) misplaced: Option<&'static str>,
    pub(super) known_tokens: KnownTokens,
    pub(super) ladder: &'static Ladder,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) skew: Duration,
    pub(super) realm: Option<String>,
    pub(super) problem_types: String,
    pub(super) other_modules: Vec<String>,
    pub(super) dpop: Option<Dpop>,
    pub(super) resource: Option<ProtectedResource>,
    pub(super) revocations: Option<Box<dyn Revocations>>,
    #[cfg(feature = "discovery")]
    pub(super) network: Network,
    #[cfg(feature = "discovery")]
    pub(super) stale_keys_for: Duration,
    #[cfg(feature = "discovery")]
    pub(super) wait_for_issuer: Duration,
}

impl GateBuilder {
    pub(super) fn new(source: Source) -> Self {
        Self {
            source,
            misplaced: None,
            known_tokens: KnownTokens::default(),
            ladder: Ladder::BUILT_IN,
            clock: Arc::new(SystemClock),
            skew: Duration::from_secs(5),
            realm: None,
            problem_types: "https://stepup.example/problems/".to_owned(),
            other_modules: Vec::new(),
            dpop: None,
            resource: None,
            revocations: None,
            #[cfg(feature = "discovery")]
            network: Network::Public,
            #[cfg(feature = "discovery")]
            stale_keys_for: Duration::from_secs(60 * 60),
            #[cfg(feature = "discovery")]
            wait_for_issuer: Duration::ZERO,
        }
    }

    /// Changes the issuer that the gate was begun with.
    fn of_issuer(
        mut self,
        setting: &'static str,
        change: impl FnOnce(TrustedIssuer) -> TrustedIssuer,
    ) -> Self {
        match &mut self.source {
            Source::Issuers(issuers) => {
                if let Some(first) = issuers.pop_front() {
                    issuers.push_front(change(first));
                }
            }
            _ => self.misplaced = Some(setting),
        }
        self
    }

    /// The issuer's keys.
    ///
    /// ```
    /// # use stepup_core::{Algorithm, Gate, KeySet};
    /// # let pem = b"-----BEGIN PUBLIC KEY-----
    /// # MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
    /// # -----END PUBLIC KEY-----";
    /// let keys = KeySet::from_pem(Algorithm::EdDsa, pem)?;
    /// Gate::builder("https://idp.example", "https://api.example").keys(keys).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn keys(self, keys: KeySet) -> Self {
        self.of_issuer("keys", |issuer| issuer.keys(keys))
    }

    /// The issuer's keys, where it is in this very process and changes them while the gate is in
    /// use.
    ///
    /// ```
    /// # use stepup_core::{Algorithm, Gate, KeySet, LiveKeys};
    /// # let pem = b"-----BEGIN PUBLIC KEY-----
    /// # MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
    /// # -----END PUBLIC KEY-----";
    /// let keys = LiveKeys::new(KeySet::from_pem(Algorithm::EdDsa, pem)?);
    /// Gate::builder("https://idp.example", "https://api.example").live_keys(&keys).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn live_keys(self, keys: &LiveKeys) -> Self {
        self.of_issuer("keys", |issuer| issuer.live_keys(keys))
    }

    /// How the issuer writes logins into its tokens; [`Profile::rfc9068`] unless set.
    ///
    /// ```
    /// use stepup_core::{Gate, Profile};
    /// let builder = Gate::builder("https://acme.okta.com/oauth2/default", "api://default")
    ///     .profile(Profile::okta());
    /// ```
    pub fn profile(self, profile: Profile) -> Self {
        self.of_issuer("profile", |issuer| issuer.profile(profile))
    }

    /// How to ask the issuer about tokens that only it can read (RFC 7662).
    ///
    /// ```
    /// # let secret = "known to nobody";
    /// use stepup_core::{Gate, Introspection};
    /// let builder = Gate::builder("https://idp.example", "https://api.example")
    ///     .introspection(Introspection::new("orders-api", secret));
    /// ```
    #[cfg(feature = "introspection")]
    pub fn introspection(self, introspection: Introspection) -> Self {
        self.of_issuer("introspection", |issuer| issuer.introspection(introspection))
    }

    /// Trusts another issuer too, with keys and settings of its own.
    ///
    /// ```
    /// use stepup_core::{Gate, Profile, TrustedIssuer};
    /// let builder = Gate::builder("https://idp.example", "https://api.example").trust(
    ///     TrustedIssuer::new("https://partner.example/realms/staff", "orders")
    ///         .profile(Profile::keycloak()),
    /// );
    /// ```
    pub fn trust(mut self, issuer: TrustedIssuer) -> Self {
        match &mut self.source {
            Source::Issuers(issuers) => issuers.push_back(issuer),
            _ => self.misplaced = Some("other issuers"),
        }
        self
    }

    /// Where the gate may go for metadata, keys and introspection; [`Network::Public`] unless set.
    ///
    /// ```
    /// use stepup_core::{Gate, Network};
    /// let builder = Gate::builder("http://127.0.0.1:8080/realms/demo", "orders")
    ///     .network(Network::Loopback);
    /// ```
    #[cfg(feature = "discovery")]
    pub fn network(self, network: Network) -> Self {
        Self { network, ..self }
    }

    /// How long keys may be gone by that cannot be fetched again: an hour unless set, from the
    /// last fetch that worked; a minute to a day. After that requests are answered 503.
    ///
    /// ```
    /// use std::time::Duration;
    /// let builder = stepup_core::Gate::builder("https://idp.example", "https://api.example")
    ///     .stale_keys_for(Duration::from_secs(15 * 60));
    /// ```
    #[cfg(feature = "discovery")]
    pub fn stale_keys_for(self, span: Duration) -> Self {
        Self { stale_keys_for: span, ..self }
    }

    /// How long [`discover`](Self::discover) waits for an issuer that does not answer as it
    /// should; not at all unless set, ten minutes at most.
    ///
    /// ```
    /// use std::time::Duration;
    /// let builder = stepup_core::Gate::builder("https://idp.example", "https://api.example")
    ///     .wait_for_issuer(Duration::from_secs(30));
    /// ```
    #[cfg(feature = "discovery")]
    pub fn wait_for_issuer(self, span: Duration) -> Self {
        Self { wait_for_issuer: span, ..self }
    }

    /// Takes tokens that are bound to a key (RFC 9449). Without it they are refused.
    ///
    /// ```
    /// use stepup_core::{Dpop, Gate};
    /// let builder = Gate::builder("https://idp.example", "https://api.example")
    ///     .dpop(Dpop::at("https://api.example"));
    /// ```
    pub fn dpop(self, dpop: Dpop) -> Self {
        Self { dpop: Some(dpop), ..self }
    }

    /// What the API tells of itself (RFC 9728). Challenges then say where that is.
    ///
    /// ```
    /// use stepup_core::{Gate, ProtectedResource};
    /// let builder = Gate::builder("https://idp.example", "https://api.example")
    ///     .resource(ProtectedResource::at("https://api.example"));
    /// ```
    pub fn resource(self, resource: ProtectedResource) -> Self {
        Self { resource: Some(resource), ..self }
    }

    /// Asks this about each caller, beside what is in their token: who signed out, and at whichever
    /// instance. Nobody is asked unless set.
    ///
    /// ```
    /// use stepup_core::{Gate, Revocations};
    /// # fn example(logouts: impl Revocations) {
    /// let builder = Gate::builder("https://idp.example", "https://api.example")
    ///     .revocations(logouts);
    /// # }
    /// ```
    pub fn revocations(self, revocations: impl Revocations) -> Self {
        Self { revocations: Some(Box::new(revocations)), ..self }
    }

    /// How the gate remembers the tokens that it has verified; [`KnownTokens::up_to`] ten thousand
    /// unless set. A token met again costs a look-up; its times are checked every time.
    ///
    /// ```
    /// use stepup_core::{Gate, KnownTokens};
    /// let builder = Gate::builder("https://idp.example", "https://api.example")
    ///     .known_tokens(KnownTokens::as_digests(100_000));
    /// ```
    pub fn known_tokens(self, known_tokens: KnownTokens) -> Self {
        Self { known_tokens, ..self }
    }

    /// The ladder that gives `acr` values their order; [`Ladder::BUILT_IN`] unless set.
    ///
    /// ```
    /// use stepup_core::{Gate, Ladder};
    /// const LADDER: &Ladder = &Ladder::new(&["basic", "notarised"]);
    /// let builder = Gate::builder("https://idp.example", "https://api.example").ladder(LADDER);
    /// ```
    pub fn ladder(self, ladder: &'static Ladder) -> Self {
        Self { ladder, ..self }
    }

    /// The clock; the system's unless set.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use stepup_core::{Gate, ManualClock, Timestamp};
    /// let clock = Arc::new(ManualClock::at(Timestamp::from_secs(1_700_000_000)));
    /// let builder = Gate::builder("https://idp.example", "https://api.example").clock(clock);
    /// ```
    pub fn clock(self, clock: impl Clock) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// How far the issuer's clock may be ahead of ours: 5 s unless set, 60 s at most. It is
    /// allowed to `iat`, `nbf` and `auth_time`, never to `exp` and never to a `max_age`.
    ///
    /// ```
    /// use std::time::Duration;
    /// let builder = stepup_core::Gate::builder("https://idp.example", "https://api.example")
    ///     .skew(Duration::from_secs(1));
    /// ```
    pub fn skew(self, skew: Duration) -> Self {
        Self { skew, ..self }
    }

    /// The `realm` of challenges (RFC 9110 §11.5); the audience unless set.
    ///
    /// ```
    /// let builder = stepup_core::Gate::builder("https://idp.example", "https://api.example")
    ///     .realm("accounts");
    /// ```
    pub fn realm(self, realm: &str) -> Self {
        Self { realm: Some(realm.to_owned()), ..self }
    }

    /// What the `type` of problem bodies begins with (RFC 9457 §3.1.1), a URI that ends in `/`.
    /// It identifies and need not resolve; set it to pages of yours where you have them.
    ///
    /// ```
    /// let builder = stepup_core::Gate::builder("https://idp.example", "https://api.example")
    ///     .problem_types("https://api.example/problems/");
    /// ```
    pub fn problem_types(self, base: &str) -> Self {
        Self { problem_types: base.to_owned(), ..self }
    }

    /// Handlers in this module and below belong to another gate: their requirements are not
    /// checked against this one.
    ///
    /// ```
    /// let builder = stepup_core::Gate::builder("https://idp.example", "https://api.example")
    ///     .except_module("my_service::back_office");
    /// ```
    pub fn except_module(mut self, path: &str) -> Self {
        self.other_modules.push(path.to_owned());
        self
    }

    /// Builds the gate with the keys that it was given, or says what is wrong with it.
    ///
    /// # Errors
    ///
    /// An empty issuer or audience; no keys, or settings that would not be used; a skew above 60 s;
    /// text that a header cannot carry; and any handler in the program whose requirement cannot be
    /// met: it names a level that is not on the gate's ladder, or demands what an issuer's tokens
    /// never show.
    ///
    /// ```
    /// let error = stepup_core::Gate::builder("https://idp.example", "https://api.example")
    ///     .build()
    ///     .unwrap_err();
    /// assert!(error.to_string().starts_with(
    ///     "the gate has no keys to check the tokens of https://idp.example with",
    /// ));
    /// ```
    pub fn build(self) -> Result<Gate, GateError> {
        self.with_given_keys()
    }

    /// Reads the metadata of the issuer (RFC 8414, OpenID Connect Discovery 1.0) and its keys, then
    /// builds the gate. Keys are fetched again in the background from then on: when they are five
    /// minutes old (or half as old as [`stale_keys_for`](Self::stale_keys_for) allows), and, at most
    /// every half minute, when a token names a key that is not among
    /// them.
    ///
    /// Call it on the Tokio runtime that the service runs on.
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build); and an issuer that cannot be reached, is not the one that its
    /// metadata names, has no usable keys, or says in `acr_values_supported` that it cannot reach
    /// a level that a handler demands.
    ///
    /// ```
    /// use stepup_core::{Gate, GateError, Profile};
    ///
    /// async fn gate() -> Result<Gate, GateError> {
    ///     Gate::builder("https://acme.okta.com/oauth2/default", "api://default")
    ///         .profile(Profile::okta())
    ///         .discover()
    ///         .await
    /// }
    /// ```
    #[cfg(feature = "discovery")]
    pub async fn discover(self) -> Result<Gate, GateError> {
        self.with_fetched_keys().await
    }
}

impl fmt::Debug for GateBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GateBuilder").field("ladder", &self.ladder).finish_non_exhaustive()
    }
}
