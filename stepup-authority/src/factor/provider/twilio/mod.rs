//! Twilio Verify.

mod channel;
mod code;
mod date;
mod entity;
mod fault;
mod push;
mod sid;
mod totp;

use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use stepup_core::Timestamp;
use url::Url;
use zeroize::Zeroizing;

pub use self::code::TwilioCode;
use self::fault::Fault;
pub use self::push::TwilioPush;
use self::sid::is_sid;
pub use self::totp::TwilioTotp;
use super::http::{Call, ProviderClient, base_url, below};
use crate::StartError;
use channel::Channel;

/// A service of Twilio Verify, of which the factors are made that Twilio asks for and checks: codes
/// by text, call, WhatsApp and mail, authenticator apps, and pushes to an app with Twilio's SDK.
/// Needs a Tokio runtime.
///
/// Twilio keeps one verification for each number or address of a service, with one code, five
/// sendings and five checks in ten minutes, whatever ceremonies it is for. Whoever knows a number
/// can use these up: offer another factor beside.
///
/// **Give step-up a Verify service of its own.** Whatever else sends codes by the same service, your
/// login for example, sends the very code that a ceremony waits for: a page that coaxes a login code
/// out of a user has one for step-up. Codes of the authority's own
/// ([`with_own_codes`](TwilioCode::with_own_codes)) are each for one ceremony.
///
/// ```
/// use stepup_authority::factor::{Factor, TwilioVerify};
///
/// # fn example(secret: &str) -> Result<(), stepup_authority::StartError> {
/// let verify = TwilioVerify::new(
///     "SK0123456789abcdef0123456789abcdef",
///     secret,
///     "VA0123456789abcdef0123456789abcdef",
/// )?;
/// assert_eq!(verify.whatsapp().method(), "whatsapp");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct TwilioVerify(Arc<Connection>);

struct Connection {
    client: Arc<ProviderClient>,
    base: Url,
    key: String,
    secret: Zeroizing<String>,
    service: String,
}

impl TwilioVerify {
    /// With an API key's SID (`SK…`) and secret, or the account's SID (`AC…`) and auth token, and
    /// the SID of the Verify service (`VA…`).
    ///
    /// # Errors
    ///
    /// SIDs of another form, no secret, or a system without certificate authorities.
    ///
    /// ```
    /// let error = stepup_authority::factor::TwilioVerify::new("AC1", "secret", "VA1").unwrap_err();
    /// assert!(error.to_string().starts_with("no SID of a Twilio API key"));
    /// ```
    pub fn new(
        key: impl Into<String>,
        secret: impl Into<String>,
        service: impl Into<String>,
    ) -> Result<Self, StartError> {
        let (key, service) = (key.into(), service.into());
        let secret = Zeroizing::new(secret.into());
        if !is_sid("SK", &key) && !is_sid("AC", &key) {
            return Err(StartError::new(
                "no SID of a Twilio API key: give `SK` and 32 hexadecimal digits, or the \
                 account's, `AC…`",
            ));
        }
        if secret.is_empty() {
            return Err(StartError::new("the Twilio API key has no secret: give the key's secret"));
        }
        if !is_sid("VA", &service) {
            return Err(StartError::new(
                "no SID of a Twilio Verify service: give `VA` and 32 hexadecimal digits",
            ));
        }
        let client = Arc::new(ProviderClient::new()?);
        let base = base_url(BASE, BASE)?;
        Ok(Self(Arc::new(Connection { client, base, key, secret, service })))
    }

    /// At another server with the same API: a URL without a path, https beyond the loopback.
    ///
    /// # Errors
    ///
    /// A URL that is not that.
    ///
    /// ```
    /// use stepup_authority::factor::TwilioVerify;
    /// fn at_home(verify: TwilioVerify) -> Result<TwilioVerify, stepup_authority::StartError> {
    ///     verify.base_url("http://127.0.0.1:4010")
    /// }
    /// ```
    pub fn base_url(self, url: &str) -> Result<Self, StartError> {
        let base = base_url(url, BASE)?;
        let Connection { client, key, secret, service, .. } = &*self.0;
        let (client, key) = (Arc::clone(client), key.clone());
        let (secret, service) = (secret.clone(), service.clone());
        Ok(Self(Arc::new(Connection { client, base, key, secret, service })))
    }

    /// Codes by text message. The method `sms`; enrolment takes the number as `phone`.
    ///
    /// ```
    /// # use stepup_authority::factor::{TwilioCode, TwilioVerify};
    /// # fn example(verify: &TwilioVerify) -> TwilioCode {
    /// verify.sms()
    /// # }
    /// ```
    #[must_use]
    pub fn sms(&self) -> TwilioCode {
        TwilioCode::new(self.clone(), Channel::Sms)
    }

    /// Codes that are read out on the telephone. The method `call`; enrolment takes the number as
    /// `phone`.
    ///
    /// ```
    /// # use stepup_authority::factor::{TwilioCode, TwilioVerify};
    /// # fn example(verify: &TwilioVerify) -> TwilioCode {
    /// verify.call()
    /// # }
    /// ```
    #[must_use]
    pub fn call(&self) -> TwilioCode {
        TwilioCode::new(self.clone(), Channel::Call)
    }

    /// Codes by WhatsApp. The method `whatsapp`; enrolment takes the number as `phone`.
    ///
    /// ```
    /// # use stepup_authority::factor::{TwilioCode, TwilioVerify};
    /// # fn example(verify: &TwilioVerify) -> TwilioCode {
    /// verify.whatsapp()
    /// # }
    /// ```
    #[must_use]
    pub fn whatsapp(&self) -> TwilioCode {
        TwilioCode::new(self.clone(), Channel::WhatsApp)
    }

    /// Codes by e-mail. The method `email`; enrolment takes the address as `email`. They reach
    /// `single-factor`, as those of [`EmailCode`](crate::factor::EmailCode) do, unless
    /// [accepted as a second factor](TwilioCode::accepted_as_second_factor).
    ///
    /// ```
    /// # use stepup_authority::factor::{TwilioCode, TwilioVerify};
    /// # fn example(verify: &TwilioVerify) -> TwilioCode {
    /// verify.email()
    /// # }
    /// ```
    #[must_use]
    pub fn email(&self) -> TwilioCode {
        TwilioCode::new(self.clone(), Channel::Email)
    }

    /// Codes of an authenticator app whose secret Twilio keeps, and what the app is to call them.
    /// The method `totp`.
    ///
    /// # Errors
    ///
    /// A name that Twilio does not take: none, or of more than 64 characters.
    ///
    /// ```
    /// # use stepup_authority::factor::TwilioVerify;
    /// # fn example(verify: &TwilioVerify) {
    /// assert!(verify.totp("Bank").is_ok() && verify.totp("").is_err());
    /// # }
    /// ```
    pub fn totp(&self, account: impl Into<String>) -> Result<TwilioTotp, StartError> {
        let account = account.into();
        if !has_up_to(64, &account) {
            return Err(StartError::new(
                "Twilio takes no such name for codes of an app: give 1 to 64 characters, such as \
                 `Bank`",
            ));
        }
        Ok(TwilioTotp::new(self.clone(), account))
    }

    /// Pushes to the service's own app, which has Twilio's SDK, and what they ask. The method
    /// `push`.
    ///
    /// # Errors
    ///
    /// A message that Twilio does not take: none, or of more than 256 characters.
    ///
    /// ```
    /// # use stepup_authority::factor::TwilioVerify;
    /// # fn example(verify: &TwilioVerify) {
    /// assert!(verify.push("Confirm what you began at the bank?").is_ok());
    /// # }
    /// ```
    pub fn push(&self, message: impl Into<String>) -> Result<TwilioPush, StartError> {
        let message = message.into();
        if !has_up_to(256, &message) {
            return Err(StartError::new(
                "Twilio takes no such message with a push: give 1 to 256 characters, such as \
                 `Confirm what you began?`",
            ));
        }
        Ok(TwilioPush::new(self.clone(), message))
    }

    fn url(&self, segments: &[&str]) -> Url {
        let service = ["v2", "Services", &self.0.service];
        below(&below(&self.0.base, &service), segments)
    }

    fn get(&self, segments: &[&str]) -> Call {
        self.0.client.get(self.url(segments)).basic(&self.0.key, &self.0.secret)
    }

    fn delete(&self, segments: &[&str]) -> Call {
        self.0.client.delete(self.url(segments)).basic(&self.0.key, &self.0.secret)
    }

    fn post(&self, segments: &[&str], form: &[(&str, &str)]) -> Call {
        let call = self.0.client.post(self.url(segments));
        call.basic(&self.0.key, &self.0.secret).form(form)
    }

    fn service(&self) -> &str {
        &self.0.service
    }

    fn secret(&self) -> &str {
        &self.0.secret
    }
}

const BASE: &str = "https://verify.twilio.com";

/// Whether it is something, and no longer than that.
fn has_up_to(most: usize, text: &str) -> bool {
    (1..=most).contains(&text.chars().count())
}

/// Sends it, and reads the answer of a request that worked.
async fn asked<T: DeserializeOwned>(call: Call, now: Timestamp) -> Result<T, Fault> {
    let reply = call.send().await.map_err(Fault::unreached)?;
    if !reply.is_success() {
        return Err(Fault::of(&reply, now));
    }
    reply.json().ok_or(Fault::UNREADABLE)
}

/// Reads what is not to be left behind.
fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Zeroizing<String>, D::Error> {
    String::deserialize(deserializer).map(Zeroizing::new)
}

/// Where it asks, without the key.
impl fmt::Debug for TwilioVerify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TwilioVerify")
            .field("host", &self.0.base.host_str())
            .finish_non_exhaustive()
    }
}

mod tests;
