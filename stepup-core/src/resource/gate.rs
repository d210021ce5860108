//! The one object that an API builds.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderValue};

use super::answers::Answers;
use super::credential::{MAX_TOKEN_BYTES, Scheme};
use super::cross_origin::is_preflight;
use super::dpop::{DpopVerifier, ProofError};
use super::forget::{Forget, Forgotten};
use super::gate_builder::{GateBuilder, Source};
use super::rejection::{Rejection, Why};
use super::request_head::RequestHead;
use super::resource_metadata::ResourceMetadata;
use super::revocations::EndedLogins;
use super::seen::Seen;
use super::trusted_issuer::TrustedIssuer;
use super::verifier::{TokenFault, Verification, Verifier, VerifyError};
use crate::authentication::Authentication;
use crate::clock::{Clock, Timestamp};
use crate::ladder::Ladder;
use crate::requirement::Requirement;

/// Verifies callers and decides about them. Build one when the service starts and share it: a
/// clone is the same gate.
///
/// ```
/// use stepup_core::{Algorithm, Gate, KeySet};
///
/// # let pem = b"-----BEGIN PUBLIC KEY-----
/// # MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
/// # -----END PUBLIC KEY-----";
/// let keys = KeySet::from_pem(Algorithm::EdDsa, pem)?;
/// let gate = Gate::builder("https://idp.example", "https://api.example").keys(keys).build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Gate {
    inner: Arc<Inner>,
    seen: Seen,
}

pub(super) struct Inner {
    pub(super) verifier: Box<dyn Verifier>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) ladder: &'static Ladder,
    pub(super) skew: Duration,
    pub(super) dpop: Option<DpopVerifier>,
    pub(super) resource: Option<ResourceMetadata>,
    /// Of the tokens that it takes; none where an application verifies them itself.
    pub(super) issuers: Vec<Box<str>>,
    pub(super) forgotten: Forgotten,
    pub(super) revocations: Option<EndedLogins>,
    pub(super) answers: Answers,
}

impl Gate {
    /// A gate for JWTs of this issuer (`iss`, compared byte for byte) that are for this audience
    /// (`aud`): this API's own identifier at the issuer.
    ///
    /// ```
    /// let error = stepup_core::Gate::builder("https://idp.example", "").build().unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "the gate's audience is empty: give this API's identifier at the issuer, so that \
    ///      tokens for other services stay out",
    /// );
    /// ```
    pub fn builder(issuer: &str, audience: &str) -> GateBuilder {
        GateBuilder::new(Source::Issuers([TrustedIssuer::new(issuer, audience)].into()))
    }

    /// A gate whose callers are verified by the application itself.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use stepup_core::{Authentication, Credential, Gate, Timestamp, TokenFault, Verification, Verifier};
    ///
    /// #[derive(Debug)]
    /// struct Nobody;
    /// impl Verifier for Nobody {
    ///     fn verify<'a>(&'a self, _: Credential<'a>, _: Timestamp) -> Verification<'a> {
    ///         Verification::Ready(Err(TokenFault::Signature.into()))
    ///     }
    /// }
    /// let gate = Gate::with_verifier(Nobody).realm("sessions").build()?;
    /// # Ok::<(), stepup_core::GateError>(())
    /// ```
    pub fn with_verifier(verifier: impl Verifier) -> GateBuilder {
        GateBuilder::new(Source::Own(Box::new(verifier)))
    }

    pub(super) fn new(inner: Inner) -> Self {
        Self { inner: Arc::new(inner), seen: Seen::default() }
    }

    /// Verifies the caller, whatever their level.
    ///
    /// A DPoP proof is good once, and [`Revocations`](crate::Revocations) are asked at each call:
    /// behind a guard, ask the guard who it let in.
    ///
    /// # Errors
    ///
    /// No credential, one that is malformed or invalid, or one that cannot be judged at present.
    ///
    /// ```
    /// # use http::Request;
    /// # use stepup_core::Gate;
    /// # async fn example(gate: Gate, request: Request<()>) {
    /// match gate.verify(&request).await {
    ///     Ok(authentication) => println!("{} is here", authentication.subject()),
    ///     Err(rejection) => println!("{}", rejection.response().status()),
    /// }
    /// # }
    /// ```
    pub async fn verify<'a>(
        &self,
        request: impl Into<RequestHead<'a>>,
    ) -> Result<Arc<Authentication>, Rejection> {
        Ok(self.verify_now(request.into(), None).await?.authentication)
    }

    /// For adapters, whose gate is a value of the request's own: what it was shown a proof of, or has
    /// asked about, it need not be shown and does not ask again.
    ///
    /// # Errors
    ///
    /// As [`verify`](Self::verify).
    #[doc(hidden)]
    pub async fn verify_in_request<'a>(
        &self,
        request: impl Into<RequestHead<'a>>,
    ) -> Result<Arc<Authentication>, Rejection> {
        Ok(self.verify_now(request.into(), Some(&self.seen)).await?.authentication)
    }

    /// The same, deciding.
    ///
    /// # Errors
    ///
    /// As [`admit`](Self::admit).
    #[doc(hidden)]
    pub async fn admit_in_request<'a>(
        &self,
        request: impl Into<RequestHead<'a>>,
        requirement: &'static Requirement,
    ) -> Result<Arc<Authentication>, Rejection> {
        self.decide(self.verify_now(request.into(), Some(&self.seen)).await?, requirement)
    }

    /// Whether there is something to remember of a request with these headers.
    #[doc(hidden)]
    #[must_use]
    pub fn remembers(&self, headers: &HeaderMap) -> bool {
        self.inner.revocations.is_some()
            || self.inner.dpop.is_some() && DpopVerifier::is_tried(headers)
    }

    pub(super) fn takes_dpop(&self) -> bool {
        self.inner.dpop.is_some()
    }

    /// Whether it is the same gate, in another value.
    #[doc(hidden)]
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }

    /// With the moment it was verified at. The clock is read once, and again only where somebody
    /// had to be waited for.
    async fn verify_now(
        &self,
        head: RequestHead<'_>,
        seen: Option<&Seen>,
    ) -> Result<Admitted, Rejection> {
        let verifier = &self.inner.verifier;
        let credential = match verifier.credential(head.headers) {
            Ok(Some(credential)) => credential,
            Ok(None) if is_preflight(head) => {
                return Err(self.reject(Scheme::Bearer, Why::Preflight));
            }
            Ok(None) => return Err(self.without_credential()),
            Err(malformed) => return Err(self.reject(Scheme::Bearer, Why::Malformed(malformed))),
        };
        let scheme = credential.scheme();
        // To a gate without DPoP it is a scheme like any other that it does not know.
        if scheme == Scheme::Dpop && self.inner.dpop.is_none() {
            return Err(self.without_credential());
        }
        if credential.token().len() > MAX_TOKEN_BYTES {
            return Err(self.reject(scheme, Why::Invalid(TokenFault::TooLong)));
        }
        let mut now = self.now();
        let verified = match verifier.verify(credential, now) {
            Verification::Ready(verified) => verified,
            Verification::Pending(verified) => {
                let verified = verified.await;
                now = self.now();
                verified
            }
        };
        let checked = verified.and_then(|authentication| {
            self.check(&authentication, now)?;
            Ok(authentication)
        });
        let authentication = checked.map_err(|error| self.reject(scheme, error.into()))?;
        match (authentication.key_thumbprint(), scheme, &self.inner.dpop) {
            (None, Scheme::Bearer, _) => {}
            (Some(thumbprint), Scheme::Dpop, Some(dpop)) => {
                dpop.check(head, credential, thumbprint, now, seen).map_err(|error| {
                    self.reject(
                        scheme,
                        match error {
                            ProofError::Invalid(fault) => Why::Proof(fault, now),
                            ProofError::Unremembered => ProofError::UNREMEMBERED.into(),
                        },
                    )
                })?;
            }
            (Some(_), ..) => return Err(self.reject(scheme, Why::Invalid(TokenFault::Bound))),
            (None, ..) => return Err(self.reject(scheme, Why::Invalid(TokenFault::Unbound))),
        }
        if let Some(revocations) = &self.inner.revocations
            && !seen.is_some_and(|seen| seen.stands(&authentication))
        {
            let stands = revocations.check(&authentication).await;
            now = self.now();
            stands
                .and_then(|()| self.check(&authentication, now).map_err(VerifyError::from))
                .map_err(|error| self.reject(scheme, error.into()))?;
            if let Some(seen) = seen {
                seen.keep_standing(&authentication);
            }
        }
        Ok(Admitted { authentication, scheme, now })
    }

    /// Verifies the caller, then decides: the whole of what a guard does.
    ///
    /// # Errors
    ///
    /// As [`verify`](Self::verify), and whenever the login falls short of the requirement.
    ///
    /// ```
    /// use http::Request;
    /// use stepup_core::{Gate, Rejection, Require, level::Mfa};
    ///
    /// async fn transfer(gate: Gate, request: Request<()>) -> Result<(), Rejection> {
    ///     let authentication = gate.admit(&request, &Mfa::REQUIREMENT).await?;
    ///     println!("{} may go on", authentication.subject());
    ///     Ok(())
    /// }
    /// ```
    pub async fn admit<'a>(
        &self,
        request: impl Into<RequestHead<'a>>,
        requirement: &'static Requirement,
    ) -> Result<Arc<Authentication>, Rejection> {
        self.decide(self.verify_now(request.into(), None).await?, requirement)
    }

    fn decide(
        &self,
        admitted: Admitted,
        requirement: &'static Requirement,
    ) -> Result<Arc<Authentication>, Rejection> {
        let Admitted { authentication, scheme, now } = admitted;
        match requirement.evaluate(&authentication, now) {
            Ok(()) => Ok(authentication),
            Err(shortfall) => {
                Err(self.reject(scheme, Why::Short { requirement, shortfall, authentication }))
            }
        }
    }

    /// Whether an authentication that was once admitted still holds: for streams and sockets,
    /// which outlive the request that opened them. It goes by the clock and by what was forgotten;
    /// issuers, their keys and [`Revocations`](crate::Revocations) are not asked again.
    ///
    /// ```
    /// # use stepup_core::{Authentication, Gate, Require, level::Mfa};
    /// # fn example(gate: &Gate, authentication: &Authentication) {
    /// if !gate.still_holds(authentication, &Mfa::REQUIREMENT) {
    ///     // End the stream: the client has to come back with a fresh login.
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn still_holds(&self, authentication: &Authentication, requirement: &Requirement) -> bool {
        let now = self.now();
        self.check(authentication, now).is_ok() && requirement.evaluate(authentication, now).is_ok()
    }

    /// Accepts no longer what was issued up to now to a subject, in a session, or at all: at
    /// logout, after a change of password or factors, when an issuer revokes (RFC 9700 §4.14,
    /// OpenID Connect Back-Channel Logout 1.0). It goes by `iat`: tokens that are issued from the
    /// next second on are accepted again, by the issuer's clock, so one that was issued while that
    /// was ahead of ours is refused no longer; and one whose issue is not known never is again.
    ///
    /// It holds in this process, for as long as it runs: call it on every instance, or keep what
    /// ended where all of them see it ([`Revocations`](crate::Revocations)). An issuer that the gate
    /// does not trust is a mistake, and is logged as an error.
    ///
    /// ```
    /// # use stepup_core::{Forget, Gate};
    /// fn on_logout(gate: &Gate, session: &str) {
    ///     gate.forget(Forget::Session { issuer: "https://idp.example", session });
    /// }
    /// ```
    pub fn forget(&self, what: Forget<'_>) {
        if let Forget::Subject { issuer, .. } | Forget::Session { issuer, .. } = what
            && !self.inner.issuers.is_empty()
            && !self.inner.issuers.iter().any(|known| **known == *issuer)
        {
            tracing::error!("nothing is forgotten: the gate trusts no issuer of that name");
            return;
        }
        self.inner.forgotten.forget(what, self.now());
    }

    /// The issuers whose tokens it takes; none where the application verifies its callers itself.
    ///
    /// ```
    /// # use stepup_core::{Algorithm, Gate, KeySet};
    /// # let pem = b"-----BEGIN PUBLIC KEY-----
    /// # MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
    /// # -----END PUBLIC KEY-----";
    /// # let keys = KeySet::from_pem(Algorithm::EdDsa, pem)?;
    /// let gate = Gate::builder("https://idp.example", "https://api.example").keys(keys).build()?;
    /// assert_eq!(gate.issuers().collect::<Vec<_>>(), ["https://idp.example"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn issuers(&self) -> impl Iterator<Item = &str> {
        self.inner.issuers.iter().map(|issuer| &**issuer)
    }

    /// The ladder that gives its levels their order.
    ///
    /// ```
    /// # use stepup_core::{Algorithm, Gate, KeySet, Ladder, Level};
    /// # let pem = b"-----BEGIN PUBLIC KEY-----
    /// # MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
    /// # -----END PUBLIC KEY-----";
    /// # let keys = KeySet::from_pem(Algorithm::EdDsa, pem)?;
    /// let gate = Gate::builder("https://idp.example", "https://api.example").keys(keys).build()?;
    /// assert!(gate.ladder().holds(Level::MFA));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn ladder(&self) -> &'static Ladder {
        self.inner.ladder
    }

    /// The metadata of the API as a protected resource (RFC 9728), where the gate was given it
    /// with [`resource`](GateBuilder::resource).
    ///
    /// ```
    /// # use stepup_core::{Algorithm, Gate, KeySet, ProtectedResource};
    /// # let pem = b"-----BEGIN PUBLIC KEY-----
    /// # MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
    /// # -----END PUBLIC KEY-----";
    /// # let keys = KeySet::from_pem(Algorithm::EdDsa, pem)?;
    /// let gate = Gate::builder("https://idp.example", "https://api.example")
    ///     .keys(keys)
    ///     .resource(ProtectedResource::at("https://api.example/v1"))
    ///     .build()?;
    /// let metadata = gate.resource_metadata().expect("it was given");
    /// assert_eq!(metadata.path(), "/.well-known/oauth-protected-resource/v1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn resource_metadata(&self) -> Option<&ResourceMetadata> {
        self.inner.resource.as_ref()
    }

    pub(super) fn without_credential(&self) -> Rejection {
        self.reject(Scheme::Bearer, Why::NoCredential)
    }

    fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    fn check(&self, authentication: &Authentication, now: Timestamp) -> Result<(), TokenFault> {
        authentication.check_times(now, now.plus(self.inner.skew))?;
        if self.inner.forgotten.holds(authentication) { Err(TokenFault::Forgotten) } else { Ok(()) }
    }

    fn reject(&self, scheme: Scheme, why: Why) -> Rejection {
        Rejection::new(self.inner.clone(), scheme, why)
    }
}

impl Inner {
    pub(super) fn dpop_nonce(&self, now: Timestamp) -> Option<HeaderValue> {
        self.dpop.as_ref()?.nonce(now)
    }
}

/// Who was verified, when, and how the token came.
struct Admitted {
    authentication: Arc<Authentication>,
    scheme: Scheme,
    now: Timestamp,
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").field("verifier", &self.verifier).finish_non_exhaustive()
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
