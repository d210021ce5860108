//! Telling a device that there is something to look at.

use std::fmt;
use std::sync::Arc;

use stepup_core::Timestamp;

use crate::factor::{DeliveryError, FactorFuture};

/// Wakes a device: it is to poll. Nothing in it is secret or says what is asked; whoever reads it
/// can do nothing with it.
///
/// ```
/// use stepup_authority::factor::Wake;
/// fn topic(wake: &Wake) -> &str {
///     wake.device()
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Wake {
    pub(super) device: String,
    pub(super) id: String,
    pub(super) at: Timestamp,
}

impl Wake {
    /// Which device, by the name that enrolment showed as `device`.
    ///
    /// ```
    /// # use stepup_authority::factor::Wake;
    /// fn topic(wake: &Wake) -> &str {
    ///     wake.device()
    /// }
    /// ```
    #[must_use]
    pub fn device(&self) -> &str {
        &self.device
    }

    /// Names this message.
    ///
    /// ```
    /// # use stepup_authority::factor::Wake;
    /// fn idempotency_key(wake: &Wake) -> &str {
    ///     wake.id()
    /// }
    /// ```
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When the device was asked.
    ///
    /// ```
    /// # use stepup_authority::factor::Wake;
    /// fn seconds(wake: &Wake) -> u64 {
    ///     wake.at().as_secs()
    /// }
    /// ```
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.at
    }
}

/// Which device is nobody else's business.
impl fmt::Debug for Wake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wake").field("at", &self.at).finish_non_exhaustive()
    }
}

/// Wakes devices, through whatever reaches them: a service of the platform's, a topic of a message
/// broker. `PushWebhook` (feature `push`) is built in.
///
/// ```
/// use stepup_authority::factor::{DeliveryError, FactorFuture, Wake, Waker};
///
/// /// Tells everybody who listens.
/// struct Broadcast(tokio::sync::broadcast::Sender<String>);
///
/// impl Waker for Broadcast {
///     fn wake<'a>(&'a self, wake: &'a Wake) -> FactorFuture<'a, Result<(), DeliveryError>> {
///         let sent = self.0.send(wake.device().to_owned());
///         let sent = sent.map_err(|_| DeliveryError::new("nobody listens"));
///         Box::pin(std::future::ready(sent.map(drop)))
///     }
/// }
/// ```
pub trait Waker: Send + Sync + 'static {
    /// Wakes one, once. It has three seconds.
    ///
    /// # Errors
    ///
    /// It was not woken, as far as can be known.
    fn wake<'a>(&'a self, wake: &'a Wake) -> FactorFuture<'a, Result<(), DeliveryError>>;
}

impl<T: Waker + ?Sized> Waker for Arc<T> {
    fn wake<'a>(&'a self, wake: &'a Wake) -> FactorFuture<'a, Result<(), DeliveryError>> {
        (**self).wake(wake)
    }
}
