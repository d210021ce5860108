//! The one object that an API builds.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;

use super::answers::Answers;
use super::credential::MAX_TOKEN_BYTES;
use super::gate_builder::{GateBuilder, Source};
use super::rejection::{Rejection, Why};
use super::verifier::{TokenFault, Verification, Verifier, VerifyError};
use crate::authentication::Authentication;
use crate::clock::{Clock, Timestamp};
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
pub struct Gate(Arc<Inner>);

pub(super) struct Inner {
    pub(super) verifier: Box<dyn Verifier>,
    pub(super) clock: Box<dyn Clock>,
    pub(super) skew: Duration,
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
        GateBuilder::new(Source::Jwt { issuer: issuer.into(), audience: audience.into() })
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
        Self(Arc::new(inner))
    }

    /// Verifies the caller, whatever their level.
    ///
    /// # Errors
    ///
    /// No credential, one that is malformed or invalid, or one that cannot be judged at present.
    ///
    /// ```
    /// # use stepup_core::{Algorithm, Gate, KeySet};
    /// # use http::HeaderMap;
    /// # async fn example(gate: Gate, headers: HeaderMap) {
    /// match gate.verify(&headers).await {
    ///     Ok(authentication) => println!("{} is here", authentication.subject()),
    ///     Err(rejection) => println!("{}", rejection.response().status()),
    /// }
    /// # }
    /// ```
    pub async fn verify(&self, headers: &HeaderMap) -> Result<Arc<Authentication>, Rejection> {
        Ok(self.verify_now(headers).await?.0)
    }

    /// With the moment it was verified at. The clock is read once, and again only where somebody
    /// had to be waited for.
    async fn verify_now(
        &self,
        headers: &HeaderMap,
    ) -> Result<(Arc<Authentication>, Timestamp), Rejection> {
        let verifier = &self.0.verifier;
        let credential = match verifier.credential(headers) {
            Ok(Some(credential)) => credential,
            Ok(None) => return Err(self.reject(Why::NoCredential)),
            Err(malformed) => return Err(self.reject(Why::Malformed(malformed))),
        };
        if credential.token().len() > MAX_TOKEN_BYTES {
            return Err(self.reject(Why::Invalid(TokenFault::TooLong)));
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
            self.check_times(&authentication, now)?;
            Ok((authentication, now))
        });
        checked.map_err(|error| {
            self.reject(match error {
                VerifyError::Invalid(fault) => Why::Invalid(fault),
                VerifyError::Unavailable { retry_after } => Why::Unavailable { retry_after },
            })
        })
    }

    /// Verifies the caller, then decides: the whole of what a guard does.
    ///
    /// # Errors
    ///
    /// As [`verify`](Self::verify), and whenever the login falls short of the requirement.
    ///
    /// ```
    /// use http::HeaderMap;
    /// use stepup_core::{Gate, Rejection, Require, level::Mfa};
    ///
    /// async fn transfer(gate: Gate, headers: HeaderMap) -> Result<(), Rejection> {
    ///     let authentication = gate.admit(&headers, &Mfa::REQUIREMENT).await?;
    ///     println!("{} may go on", authentication.subject());
    ///     Ok(())
    /// }
    /// ```
    pub async fn admit(
        &self,
        headers: &HeaderMap,
        requirement: &'static Requirement,
    ) -> Result<Arc<Authentication>, Rejection> {
        let (authentication, now) = self.verify_now(headers).await?;
        match requirement.evaluate(&authentication, now) {
            Ok(()) => Ok(authentication),
            Err(shortfall) => Err(self.reject(Why::Short { requirement, shortfall })),
        }
    }

    /// Whether an authentication that was once admitted still holds: for streams and sockets,
    /// which outlive the request that opened them.
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
        self.check_times(authentication, now).is_ok()
            && requirement.evaluate(authentication, now).is_ok()
    }

    pub(super) fn without_credential(&self) -> Rejection {
        self.reject(Why::NoCredential)
    }

    pub(super) fn answers(&self) -> &Answers {
        &self.0.answers
    }

    fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    fn check_times(
        &self,
        authentication: &Authentication,
        now: Timestamp,
    ) -> Result<(), TokenFault> {
        authentication.check_times(now, now.plus(self.0.skew))
    }

    fn reject(&self, why: Why) -> Rejection {
        Rejection::new(self.clone(), why)
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").field("verifier", &self.0.verifier).finish_non_exhaustive()
    }
}
