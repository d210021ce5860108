//! Codes that Twilio sends.

mod sending;

use std::fmt;

use serde_json::{Map, Value};

use super::TwilioVerify;
use super::channel::Channel;
use crate::StartError;
use crate::factor::text::dialling;
use crate::factor::{
    Ask, Check, Checked, Delivered, DeliveryError, Enrolled, Factor, FactorFuture, NotEnrolled,
    Outgoing, Prompt, Strength, Unreadable, User, Withdrawal,
};

type OfUser = dyn Fn(User<'_>) -> String + Send + Sync;
type OfAsk = dyn Fn(&Ask<'_>) -> String + Send + Sync;

/// Codes that Twilio Verify sends and checks: [`TwilioVerify::sms`], [`call`](TwilioVerify::call),
/// [`whatsapp`](TwilioVerify::whatsapp) and [`email`](TwilioVerify::email).
///
/// While a code is good, which is ten minutes unless Twilio's support changes it, Twilio sends the
/// same again: a new message does not end the one before. Where a ceremony ends without it, it is
/// cancelled, and another ceremony that waits for a code to the same number asks anew.
///
/// ```
/// use stepup_authority::factor::{TwilioCode, TwilioVerify};
///
/// # fn example(verify: &TwilioVerify) -> Result<TwilioCode, stepup_authority::StartError> {
/// verify.sms().locale(|_| "de".to_owned()).only(["+49", "+43", "+41"])
/// # }
/// ```
pub struct TwilioCode {
    verify: TwilioVerify,
    channel: Channel,
    method: String,
    is_second_factor: bool,
    is_own_code: bool,
    locale: Option<Box<OfUser>>,
    rate_limits: Vec<(String, Box<OfAsk>)>,
    only: Option<Vec<String>>,
}

impl TwilioCode {
    pub(super) fn new(verify: TwilioVerify, channel: Channel) -> Self {
        Self {
            verify,
            channel,
            method: channel.name().to_owned(),
            is_second_factor: false,
            is_own_code: false,
            locale: None,
            rate_limits: Vec::new(),
            only: None,
        }
    }

    /// With another name on the wire: where the authority has a factor of the same name already.
    ///
    /// ```
    /// # use stepup_authority::factor::{TwilioCode, TwilioVerify};
    /// # fn example(verify: &TwilioVerify) -> TwilioCode {
    /// verify.email().named("twilio-email")
    /// # }
    /// ```
    #[must_use]
    pub fn named(self, method: impl Into<String>) -> Self {
        Self { method: method.into(), ..self }
    }

    /// Lets codes by e-mail reach `mfa` together with a login of another kind; those of the other
    /// channels do anyway. What speaks against it is said at
    /// [`EmailCode::accepted_as_second_factor`](crate::factor::EmailCode::accepted_as_second_factor).
    ///
    /// ```
    /// # use stepup_authority::factor::{TwilioCode, TwilioVerify};
    /// # fn example(verify: &TwilioVerify) -> TwilioCode {
    /// verify.email().accepted_as_second_factor()
    /// # }
    /// ```
    #[must_use]
    pub fn accepted_as_second_factor(self) -> Self {
        Self { is_second_factor: true, ..self }
    }

    /// Has Twilio send codes that the authority makes and checks: no answer goes to Twilio, and a
    /// new code ends the one before. Twilio is told of each right answer, as it asks for. The
    /// Verify service needs `CustomCodeEnabled`.
    ///
    /// ```
    /// # use stepup_authority::factor::{TwilioCode, TwilioVerify};
    /// # fn example(verify: &TwilioVerify) -> TwilioCode {
    /// verify.sms().with_own_codes()
    /// # }
    /// ```
    #[must_use]
    pub fn with_own_codes(self) -> Self {
        Self { is_own_code: true, ..self }
    }

    /// In which language, by Twilio's names such as `de` or `pt-BR`; without this, that of the
    /// number's country.
    ///
    /// ```
    /// # use stepup_authority::factor::{TwilioCode, TwilioVerify};
    /// # fn example(verify: &TwilioVerify) -> TwilioCode {
    /// verify.call().locale(|user| if user.subject.starts_with("de:") { "de" } else { "en" }.to_owned())
    /// # }
    /// ```
    #[must_use]
    pub fn locale(self, of: impl Fn(User<'_>) -> String + Send + Sync + 'static) -> Self {
        Self { locale: Some(Box::new(of)), ..self }
    }

    /// Counts under a rate limit of the Verify service, by its unique name and what it goes by.
    ///
    /// ```
    /// # use stepup_authority::factor::{TwilioCode, TwilioVerify};
    /// # fn example(verify: &TwilioVerify) -> TwilioCode {
    /// verify.sms().rate_limit("address", |ask| ask.by.address.unwrap_or("unknown").to_owned())
    /// # }
    /// ```
    #[must_use]
    pub fn rate_limit(
        mut self,
        name: impl Into<String>,
        value: impl Fn(&Ask<'_>) -> String + Send + Sync + 'static,
    ) -> Self {
        self.rate_limits.push((name.into(), Box::new(value)));
        self
    }

    /// Takes no numbers but those that begin with one of these, and sends to no others that were
    /// enrolled before.
    ///
    /// # Errors
    ///
    /// No prefix at all, or one that is not `+` and digits.
    ///
    /// ```
    /// # use stepup_authority::factor::TwilioVerify;
    /// # fn example(verify: &TwilioVerify) {
    /// assert!(verify.sms().only(["+49"]).is_ok() && verify.sms().only(["49"]).is_err());
    /// # }
    /// ```
    pub fn only(
        self,
        prefixes: impl IntoIterator<Item = impl Into<String>>,
    ) -> Result<Self, StartError> {
        let prefixes: Vec<String> = prefixes.into_iter().map(Into::into).collect();
        if prefixes.is_empty() || !prefixes.iter().all(|prefix| dialling::is_prefix(prefix)) {
            return Err(StartError::new(
                "no telephone number begins so: name prefixes such as `+49` or `+1202`, one at \
                 least",
            ));
        }
        Ok(Self { only: Some(prefixes), ..self })
    }
}

impl Factor for TwilioCode {
    fn method(&self) -> &str {
        &self.method
    }

    fn strength(&self) -> Strength {
        self.channel.strength(self.is_second_factor)
    }

    fn enrol<'a>(
        &'a self,
        _: User<'a>,
        details: &'a Map<String, Value>,
    ) -> FactorFuture<'a, Result<Enrolled, NotEnrolled>> {
        Box::pin(std::future::ready(self.channel.enrolled(details, self.only.as_deref())))
    }

    fn prompt(&self, ask: &Ask<'_>) -> Result<Prompt, Unreadable> {
        self.prompted(ask)
    }

    fn needs_prompt(&self) -> bool {
        true
    }

    fn deliver<'a>(
        &'a self,
        outgoing: &'a Outgoing,
    ) -> FactorFuture<'a, Result<Delivered, DeliveryError>> {
        Box::pin(self.delivered(outgoing))
    }

    fn check<'a>(&'a self, check: Check<'a>) -> FactorFuture<'a, Checked> {
        Box::pin(self.checked(check))
    }

    fn withdraw<'a>(&'a self, withdrawal: Withdrawal<'a>) -> FactorFuture<'a, ()> {
        Box::pin(self.withdrawn(withdrawal))
    }
}

/// Nothing of the key.
impl fmt::Debug for TwilioCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TwilioCode")
            .field("method", &self.method)
            .field("channel", &self.channel)
            .field("only", &self.only)
            .finish_non_exhaustive()
    }
}
