//! Text messages, and what sends them.

use std::fmt;
use std::sync::Arc;

use crate::factor::sent_code::Carried;
use crate::factor::{DeliveryError, FactorFuture, Outgoing};

/// What sends text messages: `TwilioSender` (feature `text`), or the service's own.
///
/// ```
/// use stepup_authority::factor::{DeliveryError, FactorFuture, Text, TextSender};
///
/// /// Hands messages to a queue that sends them.
/// struct Queue(std::sync::mpsc::SyncSender<(String, String)>);
///
/// impl TextSender for Queue {
///     fn send<'a>(&'a self, text: &'a Text) -> FactorFuture<'a, Result<(), DeliveryError>> {
///         let queued = self.0.try_send((text.to().to_owned(), text.text().to_owned()));
///         let sent = queued.map_err(|_| DeliveryError::new("the queue is full"));
///         Box::pin(std::future::ready(sent))
///     }
/// }
/// ```
pub trait TextSender: Send + Sync + 'static {
    /// Sends it once. It has five seconds.
    ///
    /// # Errors
    ///
    /// It was not sent, as far as can be known.
    fn send<'a>(&'a self, text: &'a Text) -> FactorFuture<'a, Result<(), DeliveryError>>;
}

impl<S: TextSender + ?Sized> TextSender for Arc<S> {
    fn send<'a>(&'a self, text: &'a Text) -> FactorFuture<'a, Result<(), DeliveryError>> {
        (**self).send(text)
    }
}

/// A text message with a code.
///
/// ```
/// use stepup_authority::factor::{Destination, Outgoing, Text};
///
/// let outgoing = Outgoing::new(Destination::new("+4915112345678"), "123456");
/// let text = Text::new(&outgoing, format!("Ihr Code: {}", outgoing.code()));
/// assert_eq!((text.to(), text.text()), ("+4915112345678", "Ihr Code: 123456"));
/// ```
pub struct Text(Carried);

impl Text {
    /// To where the code goes.
    ///
    /// ```
    /// use stepup_authority::factor::{Outgoing, Text};
    /// fn written(outgoing: &Outgoing) -> Text {
    ///     Text::new(outgoing, format!("The code is {}.", outgoing.code()))
    /// }
    /// ```
    #[must_use]
    pub fn new(outgoing: &Outgoing, text: impl Into<String>) -> Self {
        Self(Carried::new(outgoing, text.into()))
    }

    /// The number that it goes to, in the form of E.164.
    ///
    /// ```
    /// # use stepup_authority::factor::{Destination, Outgoing, Text};
    /// # let outgoing = Outgoing::new(Destination::new("+4915112345678"), "123456");
    /// let text = Text::new(&outgoing, "It is 123456");
    /// assert_eq!(text.to(), "+4915112345678");
    /// ```
    #[must_use]
    pub fn to(&self) -> &str {
        &self.0.to
    }

    /// The message.
    ///
    /// ```
    /// # use stepup_authority::factor::{Destination, Outgoing, Text};
    /// # let outgoing = Outgoing::new(Destination::new("+4915112345678"), "123456");
    /// let text = Text::new(&outgoing, "It is 123456");
    /// assert_eq!(text.text(), "It is 123456");
    /// ```
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The code that stands in it, for providers that write the message themselves.
    ///
    /// ```
    /// # use stepup_authority::factor::{Destination, Outgoing, Text};
    /// # let outgoing = Outgoing::new(Destination::new("+4915112345678"), "123456");
    /// let text = Text::new(&outgoing, "It is 123456");
    /// assert_eq!(text.code(), "123456");
    /// ```
    #[must_use]
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// Names this sending, the same if it is ever tried again.
    ///
    /// ```
    /// # use stepup_authority::factor::{Destination, Outgoing, Text};
    /// # let outgoing = Outgoing::new(Destination::new("+4915112345678"), "123456");
    /// let text = Text::new(&outgoing, "It is 123456");
    /// assert_eq!(text.id(), "");
    /// ```
    #[must_use]
    pub fn id(&self) -> &str {
        &self.0.id
    }
}

/// Nothing of what it holds.
impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Text").finish_non_exhaustive()
    }
}
