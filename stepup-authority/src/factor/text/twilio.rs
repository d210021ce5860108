//! Text messages by Twilio's HTTP API, or one like it.

use std::fmt;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use serde::Deserialize;
use url::Url;
use url::form_urlencoded::Serializer;
use zeroize::Zeroizing;

use super::{Text, TextSender};
use crate::StartError;
use crate::factor::{DeliveryError, FactorFuture};
use crate::loopback::is_loopback;

const TIMEOUT: Duration = Duration::from_secs(5);

/// Bytes of an answer that are looked at: its errors are a few hundred.
const LONGEST: usize = 16 * 1024;

/// Sends text messages by Twilio's `Messages` resource, or by a provider that speaks the same. Needs
/// a Tokio runtime when it sends.
///
/// The header `I-Twilio-Idempotency-Token` names the sending, for providers that send once for each
/// name.
///
/// ```no_run
/// use stepup_authority::factor::{TextCode, TwilioSender};
///
/// # fn example(account: &str, token: String) -> Result<(), stepup_authority::StartError> {
/// let text = TextCode::new(TwilioSender::new(account, token, "+15005550006")?);
/// # Ok(())
/// # }
/// ```
pub struct TwilioSender {
    client: Client,
    messages: Url,
    account: String,
    token: Zeroizing<String>,
    origin: Origin,
}

enum Origin {
    Service(String),
    Sender(String),
}

impl TwilioSender {
    /// With the account's SID (`AC…`), its auth token, and what messages are from: a number in the
    /// form of E.164, a sender's name, or the SID of a messaging service (`MG…`).
    ///
    /// # Errors
    ///
    /// An account that is not letters and digits, no token, no sender, or a system without
    /// certificate authorities.
    ///
    /// ```
    /// use stepup_authority::factor::TwilioSender;
    ///
    /// fn sender(token: &str) -> Result<TwilioSender, stepup_authority::StartError> {
    ///     TwilioSender::new("AC0123456789abcdef", token, "+15005550006")
    /// }
    /// ```
    pub fn new(
        account: impl Into<String>,
        token: impl Into<String>,
        from: impl Into<String>,
    ) -> Result<Self, StartError> {
        let (account, from) = (account.into(), from.into());
        let token = Zeroizing::new(token.into());
        if account.is_empty() || !account.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(StartError::new(
                "the account for text messages is not letters and digits: give its SID, `AC…`",
            ));
        }
        if token.is_empty() {
            return Err(StartError::new(
                "the account for text messages has no token: give its auth token",
            ));
        }
        if from.is_empty() {
            return Err(StartError::new(
                "text messages are from nobody: give a number such as `+15005550006`, or the SID \
                 of a messaging service, `MG…`",
            ));
        }
        let client = Client::builder()
            .user_agent(concat!("stepup/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .no_proxy()
            .timeout(TIMEOUT)
            .build()
            .map_err(|_| {
                StartError::new(
                    "no TLS for text messages: install the system's certificate authorities \
                     (package `ca-certificates`)",
                )
            })?;
        let origin = if is_service(&from) { Origin::Service(from) } else { Origin::Sender(from) };
        let messages = messages("https://api.twilio.com", &account)?;
        Ok(Self { client, messages, account, token, origin })
    }

    /// At another server with the same API, such as a region's: a URL without a path, https beyond
    /// the loopback.
    ///
    /// # Errors
    ///
    /// A URL that is not that.
    ///
    /// ```
    /// use stepup_authority::factor::TwilioSender;
    ///
    /// let sender = TwilioSender::new("AC1", "token", "+15005550006")?
    ///     .base_url("https://api.dublin.ie1.twilio.com")?;
    /// # Ok::<(), stepup_authority::StartError>(())
    /// ```
    pub fn base_url(self, url: &str) -> Result<Self, StartError> {
        let messages = messages(url, &self.account)?;
        Ok(Self { messages, ..self })
    }

    fn form(&self, text: &Text) -> Zeroizing<String> {
        let mut form = Serializer::new(String::new());
        form.append_pair("To", text.to());
        match &self.origin {
            Origin::Service(sid) => form.append_pair("MessagingServiceSid", sid),
            Origin::Sender(from) => form.append_pair("From", from),
        };
        Zeroizing::new(form.append_pair("Body", text.text()).finish())
    }

    async fn deliver(&self, text: &Text) -> Result<(), DeliveryError> {
        let mut request = self
            .client
            .post(self.messages.clone())
            .basic_auth(&self.account, Some(self.token.as_str()))
            .header("accept", "application/json")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(self.form(text).as_bytes().to_vec());
        if !text.id().is_empty() {
            request = request.header("i-twilio-idempotency-token", text.id());
        }
        // The error has the URL, and with it the account.
        let answer = request.send().await.map_err(|error| {
            DeliveryError::new(if error.is_timeout() {
                "the provider of text messages does not answer in time"
            } else {
                "the provider of text messages cannot be reached"
            })
        })?;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        let status = status.as_u16();
        Err(DeliveryError::new(match error_code(answer).await {
            Some(code) => format!(
                "the provider of text messages answers {status}, error {code}{}",
                meaning(code)
            ),
            None => format!("the provider of text messages answers {status}"),
        }))
    }
}

impl TextSender for TwilioSender {
    fn send<'a>(&'a self, text: &'a Text) -> FactorFuture<'a, Result<(), DeliveryError>> {
        Box::pin(self.deliver(text))
    }
}

/// Where it sends, without the account.
impl fmt::Debug for TwilioSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TwilioSender")
            .field("host", &self.messages.host_str())
            .finish_non_exhaustive()
    }
}

/// Whether it is the SID of a messaging service. No sender's name is as long.
fn is_service(from: &str) -> bool {
    from.strip_prefix("MG")
        .is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn messages(base: &str, account: &str) -> Result<Url, StartError> {
    let wrong = || {
        StartError::new(
            "the URL for text messages cannot be used: give https, a host and no path, such as \
             `https://api.twilio.com`; plain http is for the loopback alone",
        )
    };
    let mut url = Url::parse(base).map_err(|_| wrong())?;
    let is_loopback = url.host_str().is_some_and(is_loopback);
    let is_bare = url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if !is_bare || !(url.scheme() == "https" || (url.scheme() == "http" && is_loopback)) {
        return Err(wrong());
    }
    url.set_path(&format!("/2010-04-01/Accounts/{account}/Messages.json"));
    Ok(url)
}

/// The number of the provider's error, and nothing else of its answer: that has the number in it.
async fn error_code(mut answer: Response) -> Option<u32> {
    #[derive(Deserialize)]
    struct Problem {
        code: u32,
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.ok()? {
        body.extend_from_slice(&chunk);
        if body.len() > LONGEST {
            return None;
        }
    }
    serde_json::from_slice(&body).ok().map(|Problem { code }| code)
}

/// In a few words, those errors that an operator or a user can do something about.
const fn meaning(code: u32) -> &'static str {
    match code {
        20003 => ": account or token are wrong",
        20429 => ": too many requests",
        21211 | 21614 => ": the number takes no text messages",
        21408 => ": the account may not send to this country",
        21606 | 21659 => ": the account has no such sender",
        21608 => ": a trial account sends to verified numbers alone",
        21610 => ": its owner has unsubscribed",
        _ => "",
    }
}

mod tests;
