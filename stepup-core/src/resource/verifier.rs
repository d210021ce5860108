//! Turning a credential into an authentication.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;

use super::credential::{Credential, MalformedCredential};
use crate::authentication::Authentication;
use crate::clock::Timestamp;
use crate::level::Level;

/// Turns what a caller sent into what is known about them.
///
/// JWTs are built in ([`Gate::builder`](crate::Gate::builder)); an application's own sessions can
/// be a verifier, given to [`Gate::with_verifier`](crate::Gate::with_verifier). The gate checks
/// the times of whatever a verifier returns: expiry, and that nothing happened in the future.
///
/// ```
/// use std::sync::Arc;
/// use stepup_core::{Authentication, Credential, Level, Timestamp, TokenFault, Verification, Verifier};
///
/// /// Sessions of our own, looked up in memory.
/// #[derive(Debug)]
/// struct Sessions;
///
/// impl Verifier for Sessions {
///     fn verify<'a>(&'a self, credential: Credential<'a>, now: Timestamp) -> Verification<'a> {
///         Verification::Ready(if credential.token() == "session-1" {
///             let login = Authentication::of_user("https://app.example", "alice", Timestamp::MAX)
///                 .with_level(Level::MFA)
///                 .with_auth_time(now);
///             Ok(Arc::new(login))
///         } else {
///             Err(TokenFault::Signature.into())
///         })
///     }
/// }
/// ```
pub trait Verifier: fmt::Debug + Send + Sync + 'static {
    /// Finds the credential in a request's headers: unless overridden, that of `Authorization: Bearer …` or `DPoP …`.
    ///
    /// # Errors
    ///
    /// The request carries credentials of which none can be read.
    fn credential<'h>(
        &self,
        headers: &'h HeaderMap,
    ) -> Result<Option<Credential<'h>>, MalformedCredential> {
        Credential::from_headers(headers)
    }

    /// Verifies it. Whatever is returned as verified has been: signature, issuer, audience.
    fn verify<'a>(&'a self, credential: Credential<'a>, now: Timestamp) -> Verification<'a>;

    /// The `acr` values by which this issuer is asked for a level; the level's name unless
    /// overridden. Empty where it cannot reach the level.
    ///
    /// ```
    /// # use stepup_core::{Credential, Timestamp, TokenFault, Verification, Verifier};
    /// # #[derive(Debug)]
    /// # struct Nobody;
    /// # impl Verifier for Nobody {
    /// #     fn verify<'a>(&'a self, _: Credential<'a>, _: Timestamp) -> Verification<'a> {
    /// #         Verification::Ready(Err(TokenFault::Signature.into()))
    /// #     }
    /// # }
    /// assert_eq!(Nobody.acr_values("https://idp.example", stepup_core::Level::MFA), ["mfa"]);
    /// ```
    fn acr_values(&self, issuer: &str, level: Level) -> Vec<String> {
        let _ = issuer;
        vec![level.name().to_owned()]
    }
}

/// What a verifier answers: at once where it can, so that the common request neither allocates
/// nor waits.
///
/// ```
/// use std::sync::Arc;
/// use stepup_core::{Authentication, Credential, Timestamp, TokenFault, Verification};
///
/// async fn ask_the_session_service(token: &str) -> Option<Authentication> {
///     # let _ = token;
///     None
/// }
///
/// fn verify(credential: Credential<'_>) -> Verification<'_> {
///     Verification::Pending(Box::pin(async move {
///         let found = ask_the_session_service(credential.token()).await;
///         found.map(Arc::new).ok_or_else(|| TokenFault::Signature.into())
///     }))
/// }
/// ```
#[non_exhaustive]
pub enum Verification<'a> {
    /// Known now.
    Ready(Result<Arc<Authentication>, VerifyError>),
    /// Somebody has to be asked first.
    Pending(Pin<Box<dyn Future<Output = Result<Arc<Authentication>, VerifyError>> + Send + 'a>>),
}

impl fmt::Debug for Verification<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready(result) => f.debug_tuple("Ready").field(result).finish(),
            Self::Pending(_) => f.debug_tuple("Pending").finish_non_exhaustive(),
        }
    }
}

impl Authentication {
    /// What must hold of any authentication at any moment it is used. `latest` is now and the
    /// skew.
    pub(super) fn check_times(&self, now: Timestamp, latest: Timestamp) -> Result<(), TokenFault> {
        if now >= self.expires_at() {
            return Err(TokenFault::Expired);
        }
        if self.not_before().is_some_and(|not_before| not_before > latest) {
            return Err(TokenFault::NotYet);
        }
        if self.moments().any(|moment| moment > latest) {
            return Err(TokenFault::Future);
        }
        Ok(())
    }
}

/// Why a credential is not verified.
///
/// ```
/// use stepup_core::{TokenFault, VerifyError};
/// assert_eq!(VerifyError::from(TokenFault::Expired), VerifyError::Invalid(TokenFault::Expired));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VerifyError {
    /// It is bad: the caller gets a 401 `invalid_token`.
    Invalid(TokenFault),
    /// It cannot be told at present (the issuer cannot be reached and nothing usable is at hand):
    /// the caller gets a 503, to come back after this time.
    Unavailable {
        /// When to try again, in whole seconds.
        retry_after: Duration,
    },
}

impl From<TokenFault> for VerifyError {
    fn from(fault: TokenFault) -> Self {
        Self::Invalid(fault)
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(fault) => write!(f, "invalid token: {fault}"),
            Self::Unavailable { retry_after } => {
                write!(f, "cannot verify at present, try again in {} s", retry_after.as_secs())
            }
        }
    }
}

impl std::error::Error for VerifyError {}

/// What is wrong with a token. For the service's own log: the caller learns whether it expired,
/// and else only that it is invalid.
///
/// ```
/// assert_eq!(stepup_core::TokenFault::Audience.to_string(), "it is for another audience");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenFault {
    /// It is for another audience (`aud`).
    Audience,
    /// It is bound to a key of the sender's (`cnf`) and came without proof of it.
    Bound,
    /// A claim is missing, of the wrong type, out of range, or stands twice.
    Claims,
    /// It has expired (`exp`).
    Expired,
    /// It is no JWT in compact form.
    Form,
    /// It names a moment that lies in the future (`iat`, `auth_time`), or a login after its issue.
    Future,
    /// Its header cannot be read, or asks for something that is not understood.
    Header,
    /// Its issuer says that it is not active (RFC 7662 §2.2).
    Inactive,
    /// It is of another issuer (`iss`).
    Issuer,
    /// It was issued before its user, session or all tokens were forgotten
    /// ([`Gate::forget`](crate::Gate::forget)).
    Forgotten,
    /// No key of the issuer fits its header.
    Key,
    /// It is not valid yet (`nbf`).
    NotYet,
    /// The application has ended its login ([`Revocations`](crate::Revocations)).
    Revoked,
    /// Its signature is not the key's.
    Signature,
    /// It came with the proof of a key that it is not bound to (RFC 9449 §7.1).
    Unbound,
    /// It is longer than [`MAX_TOKEN_BYTES`](crate::MAX_TOKEN_BYTES).
    TooLong,
    /// It is another kind of token (`typ`).
    Type,
}

impl fmt::Display for TokenFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Audience => "it is for another audience",
            Self::Bound => "it is bound to a key and came without proof of it",
            Self::Claims => "a claim is missing, malformed, out of range or stands twice",
            Self::Expired => "it has expired",
            Self::Forgotten => "it was issued before its user or session was forgotten",
            Self::Form => "it is no JWT in compact form",
            Self::Future => "it names a moment that lies in the future",
            Self::Header => "its header is malformed or asks for what is not understood",
            Self::Inactive => "its issuer says that it is not active",
            Self::Issuer => "it is of another issuer",
            Self::Key => "no key of the issuer fits its header",
            Self::NotYet => "it is not valid yet",
            Self::Revoked => "its login was ended",
            Self::Signature => "its signature does not match",
            Self::Unbound => "it came with the proof of a key that it is not bound to",
            Self::TooLong => "it is too long",
            Self::Type => "it is another kind of token",
        })
    }
}

impl std::error::Error for TokenFault {}
