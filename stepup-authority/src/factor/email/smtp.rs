//! Mail over SMTP.

use std::fmt;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64_simd::URL_SAFE_NO_PAD;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, SinglePart};
use lettre::transport::smtp::{AsyncSmtpTransportBuilder, Error};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use tokio::time::timeout;
use url::Url;

use super::{Mail, Mailer};
use crate::StartError;
use crate::factor::{DeliveryError, FactorFuture};
use crate::loopback::is_loopback;
use crate::random::random;

/// What a delivery has, from the first packet to the server's last word.
const TIMEOUT: Duration = Duration::from_secs(5);

type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// Sends mail to an SMTP server, over a connection for each. Needs a Tokio runtime when it sends.
///
/// Beyond the loopback it always speaks TLS, and trusts the system's certificate authorities. A mail
/// that is sent twice has the same `Message-ID` both times.
///
/// ```no_run
/// use stepup_authority::factor::{EmailCode, SmtpMailer};
///
/// let mailer = SmtpMailer::new(
///     "smtps://bank:correct%20horse@mail.example",
///     "Bank <no-reply@bank.example>",
/// )?;
/// let email = EmailCode::new(mailer);
/// # Ok::<(), stepup_authority::StartError>(())
/// ```
pub struct SmtpMailer {
    server: AsyncSmtpTransportBuilder,
    from: Mailbox,
}

impl SmtpMailer {
    /// At this server, from this address, which may have a name.
    ///
    /// * `smtps://user:password@host`: TLS from the start, port 465;
    /// * `smtp://user:password@host`: TLS by STARTTLS, which the server has to offer, port 587;
    /// * `smtp://localhost` (or `127.0.0.1`): in the clear, port 25.
    ///
    /// All with another port where one is named, and without user and password where the server
    /// wants none. Percent-encode what has a meaning in URLs.
    ///
    /// # Errors
    ///
    /// A URL that is none of these, a sender that is no address, and a system without certificate
    /// authorities. The error has nothing of the URL.
    ///
    /// ```
    /// use stepup_authority::factor::SmtpMailer;
    /// let mailer = SmtpMailer::new("smtp://localhost", "Bank <no-reply@bank.example>")?;
    /// # Ok::<(), stepup_authority::StartError>(())
    /// ```
    pub fn new(url: &str, from: &str) -> Result<Self, StartError> {
        let from = from.parse().map_err(|_| {
            StartError::new(
                "the sender of mail is no address: write it as `no-reply@bank.example` or \
                 `Bank <no-reply@bank.example>`",
            )
        })?;
        Ok(Self { server: server(url)?, from })
    }

    fn message(&self, mail: &Mail) -> Option<Message> {
        // What is encoded could not end a header; what has line breaks was not meant for one.
        if mail.subject().chars().any(char::is_control) {
            return None;
        }
        let to: Address = mail.to().parse().ok()?;
        let from = self.from.email.domain();
        let auto = HeaderName::new_from_ascii_str("Auto-Submitted");
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(mail.subject())
            .message_id(Some(format!("<{}@{from}>", unique(mail.id())?)))
            // So that no mailbox answers that its owner is on holiday (RFC 3834 §5).
            .raw_header(HeaderValue::new(auto, "auto-generated".to_owned()))
            .singlepart(SinglePart::plain(mail.text().to_owned()))
            .ok()
    }

    async fn deliver(&self, mail: &Mail) -> Result<(), DeliveryError> {
        let message = self
            .message(mail)
            .ok_or_else(|| DeliveryError::new("the mail has an address or subject of no mail"))?;
        // One for each mail, in a crate that another may have given a pool: a send that is given up
        // ends its connection, whose late replies nobody else may take for their own.
        let transport: Transport = self.server.clone().build();
        match timeout(TIMEOUT, transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(DeliveryError::new(reason(&error))),
            Err(_) => Err(DeliveryError::new("the mail server does not answer in time")),
        }
    }
}

impl Mailer for SmtpMailer {
    fn send<'a>(&'a self, mail: &'a Mail) -> FactorFuture<'a, Result<(), DeliveryError>> {
        Box::pin(self.deliver(mail))
    }
}

/// Who it is from, and nothing of the server's URL.
impl fmt::Debug for SmtpMailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpMailer").field("from", &self.from.email).finish_non_exhaustive()
    }
}

/// The name of a sending, in characters that a `Message-ID` can have.
fn unique(id: &str) -> Option<String> {
    let name = if id.is_empty() {
        random::<32>().ok()?.to_vec()
    } else {
        digest(&SHA256, id.as_bytes()).as_ref().to_vec()
    };
    Some(URL_SAFE_NO_PAD.encode_to_string(name))
}

/// In words of our own: a server's may have the address in them.
fn reason(error: &Error) -> String {
    if let Some(code) = error.status() {
        return format!("the mail server answers {code}");
    }
    let reason = if error.is_timeout() {
        "the mail server does not answer in time"
    } else if error.is_tls() {
        "no TLS with the mail server: it has no certificate that the system trusts"
    } else if error.is_client() {
        "the mail server lacks what is needed: STARTTLS, or a way to log in"
    } else {
        "the mail server cannot be reached"
    };
    reason.to_owned()
}

fn server(text: &str) -> Result<AsyncSmtpTransportBuilder, StartError> {
    let wrong = |what: &str| {
        StartError::new(format!(
            "the mail server's URL {what}: write it as `smtps://user:password@host`, or with \
             `smtp://` for STARTTLS"
        ))
    };
    let mut url = Url::parse(text).map_err(|_| wrong("is no URL"))?;
    let host =
        url.host_str().filter(|host| !host.is_empty()).ok_or_else(|| wrong("has no host"))?;
    if host.starts_with('[') {
        // Lettre would look it up as a name, brackets and all.
        return Err(wrong("has an IPv6 address in place of a host name"));
    }
    let is_loopback = is_loopback(host);
    if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        // Lettre's own way to turn TLS off is a query.
        return Err(wrong("has more than a scheme, user, password, host and port"));
    }
    if url.username().is_empty() != url.password().is_none_or(str::is_empty) {
        return Err(wrong("has a user without a password, or a password without a user"));
    }
    match (url.scheme(), is_loopback) {
        ("smtps", _) | ("smtp", true) => {}
        // A server that offers no STARTTLS is then told neither password nor code.
        ("smtp", false) => url.set_query(Some("tls=required")),
        _ => return Err(wrong("is of another scheme than smtp and smtps")),
    }
    AsyncSmtpTransport::<Tokio1Executor>::from_url(url.as_str())
        .map(|server| server.timeout(Some(TIMEOUT)))
        .map_err(|_| wrong("cannot be used, or the system has no certificate authorities"))
}

mod tests;
