//! What is sent to the user.

use std::fmt;

use stepup_core::Timestamp;
use zeroize::Zeroizing;

/// Where something is sent: an address or number, as it was enrolled.
///
/// ```
/// use stepup_authority::factor::Destination;
/// let number = Destination::new("+4915112345678").with_prefix("+49");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Destination {
    pub(crate) address: String,
    pub(crate) prefix: Option<String>,
}

impl Destination {
    /// An address, in one spelling: limits go by it.
    ///
    /// ```
    /// let destination = stepup_authority::factor::Destination::new("alice@example.com");
    /// ```
    #[must_use]
    pub fn new(address: impl Into<String>) -> Self {
        Self { address: address.into(), prefix: None }
    }

    /// What numbers of one country or region begin with: sending to all of them is limited too,
    /// since traffic to costly ones is what fraudsters are paid for.
    ///
    /// ```
    /// # use stepup_authority::factor::Destination;
    /// let number = Destination::new("+4915112345678").with_prefix("+49");
    /// ```
    #[must_use]
    pub fn with_prefix(self, prefix: impl Into<String>) -> Self {
        Self { prefix: Some(prefix.into()), ..self }
    }

    /// The address.
    ///
    /// ```
    /// # use stepup_authority::factor::Destination;
    /// assert_eq!(Destination::new("a@example.com").address(), "a@example.com");
    /// ```
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }
}

/// Nothing of the address.
impl fmt::Debug for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Destination").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// A code on its way to the user, a request to them, or a question to a provider.
///
/// ```
/// use stepup_authority::factor::{Destination, Outgoing};
/// let outgoing = Outgoing::new(Destination::new("alice@example.com"), "123456");
/// assert_eq!(outgoing.code(), "123456");
/// ```
pub struct Outgoing {
    pub(crate) destination: Destination,
    code: Zeroizing<String>,
    details: Zeroizing<Vec<u8>>,
    /// Whether it reaches the user, and so is counted.
    pub(crate) is_message: bool,
    pub(crate) id: String,
    until: Option<Timestamp>,
}

impl Outgoing {
    /// This code, to there.
    ///
    /// ```
    /// use stepup_authority::factor::{Destination, Outgoing};
    /// let outgoing = Outgoing::new(Destination::new("alice@example.com"), "123456");
    /// ```
    #[must_use]
    pub fn new(destination: Destination, code: impl Into<String>) -> Self {
        Self {
            destination,
            code: Zeroizing::new(code.into()),
            details: Zeroizing::default(),
            is_message: true,
            id: String::new(),
            until: None,
        }
    }

    /// A question to a provider, of which the user hears nothing: no limit of messages counts it.
    ///
    /// ```
    /// use stepup_authority::factor::Outgoing;
    /// let outgoing = Outgoing::question(b"a request to push".to_vec());
    /// ```
    #[must_use]
    pub fn question(details: Vec<u8>) -> Self {
        let nowhere = Self::new(Destination::new(""), "");
        Self { is_message: false, ..nowhere.with_details(details) }
    }

    /// With what else the factor needs to send it.
    ///
    /// ```
    /// # use stepup_authority::factor::{Destination, Outgoing};
    /// let outgoing = Outgoing::new(Destination::new("device 7"), "").with_details(b"{}".to_vec());
    /// ```
    #[must_use]
    pub fn with_details(self, details: Vec<u8>) -> Self {
        Self { details: Zeroizing::new(details), ..self }
    }

    /// What [`with_details`](Self::with_details) was given.
    ///
    /// ```
    /// # use stepup_authority::factor::Outgoing;
    /// assert_eq!(Outgoing::question(b"{}".to_vec()).details(), b"{}");
    /// ```
    #[must_use]
    pub fn details(&self) -> &[u8] {
        &self.details
    }

    /// For a ceremony that is over then.
    pub(crate) fn for_ceremony(self, until: Timestamp) -> Self {
        Self { until: Some(until), ..self }
    }

    pub(crate) fn named(self, id: &str) -> Self {
        Self { id: id.to_owned(), ..self }
    }

    /// Where to.
    ///
    /// ```
    /// use stepup_authority::factor::{Destination, Outgoing};
    /// let outgoing = Outgoing::new(Destination::new("alice@example.com"), "123456");
    /// assert_eq!(outgoing.destination().address(), "alice@example.com");
    /// ```
    #[must_use]
    pub const fn destination(&self) -> &Destination {
        &self.destination
    }

    /// The code.
    ///
    /// ```
    /// use stepup_authority::factor::{Destination, Outgoing};
    /// let outgoing = Outgoing::new(Destination::new("alice@example.com"), "123456");
    /// assert_eq!(outgoing.code(), "123456");
    /// ```
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Names this sending, the same if it is ever tried again: for providers that take such a
    /// name and send once for each.
    ///
    /// ```
    /// use stepup_authority::factor::Outgoing;
    /// fn idempotency_key(outgoing: &Outgoing) -> &str {
    ///     outgoing.id()
    /// }
    /// ```
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When the ceremony that it is sent for is over: what comes later is answered by nobody. `None`
    /// where it is sent for none.
    ///
    /// ```
    /// use stepup_authority::factor::{Destination, Outgoing};
    /// assert_eq!(Outgoing::new(Destination::new("device 7"), "").until(), None);
    /// ```
    #[must_use]
    pub const fn until(&self) -> Option<Timestamp> {
        self.until
    }
}

/// Nothing of what it holds.
impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing").finish_non_exhaustive()
    }
}

/// Nothing was sent, as far as can be known: for the service's own log.
///
/// ```
/// use stepup_authority::factor::DeliveryError;
/// let error = DeliveryError::new("the mail server does not answer");
/// assert_eq!(error.to_string(), "nothing was sent: the mail server does not answer");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryError {
    reason: String,
    pub(crate) retry_after: Option<u64>,
}

impl DeliveryError {
    /// For this reason. It goes to the log: put no address, code or credential into it.
    ///
    /// ```
    /// use stepup_authority::factor::DeliveryError;
    /// let error = DeliveryError::new("the server has no room");
    /// ```
    #[must_use]
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), retry_after: None }
    }

    /// Nor is anything sent before this many seconds have gone by: there was too much already.
    ///
    /// ```
    /// use stepup_authority::factor::DeliveryError;
    /// let error = DeliveryError::new("too many messages to this number").retry_after(30);
    /// ```
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }
}

impl fmt::Display for DeliveryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "nothing was sent: {}", self.reason)
    }
}

impl std::error::Error for DeliveryError {}
