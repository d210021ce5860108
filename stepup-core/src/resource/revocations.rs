//! Logins that an application has ended, for all its instances together.

use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};

use super::verifier::VerifyError;
use crate::authentication::Authentication;

/// What an application knows of logins that ended: who signed out, whose account is closed, which
/// token was stolen. Where [`Gate::forget`](crate::Gate::forget) holds in one process, this is
/// looked up where all instances see it, in a database or a cache.
///
/// A gate asks it about each caller whose token is otherwise good, before anything is decided about
/// them: once a request by all of its guards and extractors together, and at each call by
/// [`Gate::verify`](crate::Gate::verify) and [`Gate::admit`](crate::Gate::admit). Given to
/// [`GateBuilder::revocations`](crate::GateBuilder::revocations).
///
/// ```
/// use std::collections::HashSet;
/// use std::sync::RwLock;
/// use stepup_core::{Authentication, Revocation, Revocations, TokenFault};
///
/// /// Single tokens, by their `jti`.
/// #[derive(Debug, Default)]
/// struct Stolen(RwLock<HashSet<String>>);
///
/// impl Revocations for Stolen {
///     fn check<'a>(&'a self, login: &'a Authentication) -> Revocation<'a> {
///         Box::pin(async move {
///             let stolen = self.0.read().unwrap();
///             match login.token_id() {
///                 Some(id) if !stolen.contains(id) => Ok(()),
///                 _ => Err(TokenFault::Revoked.into()),
///             }
///         })
///     }
/// }
/// ```
pub trait Revocations: fmt::Debug + Send + Sync + 'static {
    /// Whether this login still counts. The caller waits for the answer: see to it that there is
    /// one soon.
    ///
    /// # Errors
    ///
    /// [`TokenFault::Revoked`](crate::TokenFault::Revoked) where it does not, and the caller gets a
    /// 401; [`VerifyError::Unavailable`] where it cannot be told at present, and they get a 503.
    fn check<'a>(&'a self, login: &'a Authentication) -> Revocation<'a>;
}

/// What [`Revocations::check`] answers.
///
/// ```
/// use std::time::Duration;
/// use stepup_core::{Revocation, TokenFault, VerifyError};
///
/// async fn has_signed_out(session: &str) -> std::io::Result<bool> {
///     # let _ = session;
///     Ok(false)
/// }
///
/// fn look_up(session: &str) -> Revocation<'_> {
///     Box::pin(async move {
///         match has_signed_out(session).await {
///             Ok(false) => Ok(()),
///             Ok(true) => Err(TokenFault::Revoked.into()),
///             Err(_) => Err(VerifyError::Unavailable { retry_after: Duration::from_secs(1) }),
///         }
///     })
/// }
/// ```
pub type Revocation<'a> = Pin<Box<dyn Future<Output = Result<(), VerifyError>> + Send + 'a>>;

/// What a gate asks.
pub(super) struct EndedLogins {
    application: Box<dyn Revocations>,
    failing: AtomicBool,
}

impl EndedLogins {
    pub(super) fn new(application: Box<dyn Revocations>) -> Self {
        Self { application, failing: AtomicBool::new(false) }
    }

    /// A failure is said once, until somebody is answered: while there is no answer for anybody,
    /// whoever sends tokens does not fill the log.
    pub(super) async fn check(&self, login: &Authentication) -> Result<(), VerifyError> {
        let checked = self.application.check(login).await;
        let fails = matches!(checked, Err(VerifyError::Unavailable { .. }));
        match (self.failing.swap(fails, Ordering::Relaxed), fails) {
            (false, true) => tracing::warn!("the gate's `Revocations` have no answer"),
            (true, false) => tracing::info!("the gate's `Revocations` answer again"),
            _ => {}
        }
        checked
    }
}
