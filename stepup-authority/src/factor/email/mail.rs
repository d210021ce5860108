//! Mail, and what sends it.

use std::fmt;
use std::sync::Arc;

use crate::factor::sent_code::Carried;
use crate::factor::{DeliveryError, FactorFuture, Outgoing};

/// What sends mail: `SmtpMailer` (feature `smtp`), or the service's own.
///
/// ```
/// use stepup_authority::factor::{DeliveryError, FactorFuture, Mail, Mailer};
///
/// /// Hands mail to a queue that sends it.
/// struct Queue(std::sync::mpsc::SyncSender<(String, String)>);
///
/// impl Mailer for Queue {
///     fn send<'a>(&'a self, mail: &'a Mail) -> FactorFuture<'a, Result<(), DeliveryError>> {
///         let queued = self.0.try_send((mail.to().to_owned(), mail.text().to_owned()));
///         let sent = queued.map_err(|_| DeliveryError::new("the queue is full"));
///         Box::pin(std::future::ready(sent))
///     }
/// }
/// ```
pub trait Mailer: Send + Sync + 'static {
    /// Sends it once. It has five seconds.
    ///
    /// # Errors
    ///
    /// It was not sent, as far as can be known.
    fn send<'a>(&'a self, mail: &'a Mail) -> FactorFuture<'a, Result<(), DeliveryError>>;
}

impl<M: Mailer + ?Sized> Mailer for Arc<M> {
    fn send<'a>(&'a self, mail: &'a Mail) -> FactorFuture<'a, Result<(), DeliveryError>> {
        (**self).send(mail)
    }
}

/// A mail with a code, of plain text.
///
/// ```
/// use stepup_authority::factor::{Destination, Mail, Outgoing};
///
/// let outgoing = Outgoing::new(Destination::new("alice@example.com"), "123456");
/// let text = format!("Ihr Code: {}", outgoing.code());
/// let mail = Mail::new(&outgoing, "Bestätigung", text);
/// assert_eq!(mail.to(), "alice@example.com");
/// ```
pub struct Mail {
    carried: Carried,
    subject: String,
}

impl Mail {
    /// To where the code goes. Leave the code out of the subject: locked screens show that.
    ///
    /// ```
    /// use stepup_authority::factor::{Mail, Outgoing};
    /// fn written(outgoing: &Outgoing) -> Mail {
    ///     Mail::new(outgoing, "Your code", format!("The code is {}.", outgoing.code()))
    /// }
    /// ```
    #[must_use]
    pub fn new(outgoing: &Outgoing, subject: impl Into<String>, text: impl Into<String>) -> Self {
        Self { carried: Carried::new(outgoing, text.into()), subject: subject.into() }
    }

    /// The one address that it goes to: plain ASCII, without a name.
    ///
    /// ```
    /// # use stepup_authority::factor::{Destination, Mail, Outgoing};
    /// # let outgoing = Outgoing::new(Destination::new("a@example.com"), "123456");
    /// let mail = Mail::new(&outgoing, "Your code", "It is 123456");
    /// assert_eq!(mail.to(), "a@example.com");
    /// ```
    #[must_use]
    pub fn to(&self) -> &str {
        &self.carried.to
    }

    /// The subject.
    ///
    /// ```
    /// # use stepup_authority::factor::{Destination, Mail, Outgoing};
    /// # let outgoing = Outgoing::new(Destination::new("a@example.com"), "123456");
    /// let mail = Mail::new(&outgoing, "Your code", "It is 123456");
    /// assert_eq!(mail.subject(), "Your code");
    /// ```
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The body.
    ///
    /// ```
    /// # use stepup_authority::factor::{Destination, Mail, Outgoing};
    /// # let outgoing = Outgoing::new(Destination::new("a@example.com"), "123456");
    /// let mail = Mail::new(&outgoing, "Your code", "It is 123456");
    /// assert_eq!(mail.text(), "It is 123456");
    /// ```
    #[must_use]
    pub fn text(&self) -> &str {
        &self.carried.text
    }

    /// The code that stands in the text, for providers that write the text themselves.
    ///
    /// ```
    /// # use stepup_authority::factor::{Destination, Mail, Outgoing};
    /// # let outgoing = Outgoing::new(Destination::new("a@example.com"), "123456");
    /// let mail = Mail::new(&outgoing, "Your code", "It is 123456");
    /// assert_eq!(mail.code(), "123456");
    /// ```
    #[must_use]
    pub fn code(&self) -> &str {
        &self.carried.code
    }

    /// Names this sending, the same if it is ever tried again.
    ///
    /// ```
    /// # use stepup_authority::factor::{Destination, Mail, Outgoing};
    /// # let outgoing = Outgoing::new(Destination::new("a@example.com"), "123456");
    /// let mail = Mail::new(&outgoing, "Your code", "It is 123456");
    /// assert_eq!(mail.id(), "");
    /// ```
    #[must_use]
    pub fn id(&self) -> &str {
        &self.carried.id
    }
}

/// Nothing of what it holds.
impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").finish_non_exhaustive()
    }
}
