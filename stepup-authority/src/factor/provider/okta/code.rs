//! Codes that Okta checks.

use std::fmt;

use serde_json::{Map, Value, json};
use stepup_core::Timestamp;

use super::fault::Fault;
use super::found::{self, Sort};
use super::{Kept, Okta};
use crate::factor::provider::http::Reply;
use crate::factor::{
    Ask, Check, Checked, Delivered, DeliveryError, Destination, Enrolled, Factor, FactorFuture,
    GuessPool, NotEnrolled, OneTimeCode, Outgoing, Prompt, Proof, Strength, Unreadable, User,
};

/// Seconds that a code is good for. An answer after that goes to nobody.
const LIFETIME: u64 = 300;

/// Codes that Okta sends or an app shows, and Okta checks: [`Okta::sms`], [`call`](Okta::call),
/// [`email`](Okta::email) and [`totp`](Okta::totp).
///
/// ```
/// use stepup_authority::factor::{Okta, OktaCode};
///
/// fn mail(okta: &Okta) -> OktaCode {
///     okta.email().named("okta-email")
/// }
/// ```
pub struct OktaCode {
    okta: Okta,
    sort: Sort,
    method: String,
    is_second_factor: bool,
}

impl OktaCode {
    pub(super) fn new(okta: Okta, sort: Sort) -> Self {
        Self { okta, sort, method: sort.method().to_owned(), is_second_factor: false }
    }

    /// With another name on the wire: where the authority has a factor of the same name already.
    ///
    /// ```
    /// # use stepup_authority::factor::{Okta, OktaCode};
    /// # fn example(okta: &Okta) -> OktaCode {
    /// okta.totp().named("okta-totp")
    /// # }
    /// ```
    #[must_use]
    pub fn named(self, method: impl Into<String>) -> Self {
        Self { method: method.into(), ..self }
    }

    /// Lets codes by e-mail reach `mfa` together with a login of another kind; the others do
    /// anyway. What speaks against it is said at
    /// [`EmailCode::accepted_as_second_factor`](crate::factor::EmailCode::accepted_as_second_factor).
    ///
    /// ```
    /// # use stepup_authority::factor::{Okta, OktaCode};
    /// # fn example(okta: &Okta) -> OktaCode {
    /// okta.email().accepted_as_second_factor()
    /// # }
    /// ```
    #[must_use]
    pub fn accepted_as_second_factor(self) -> Self {
        Self { is_second_factor: true, ..self }
    }

    fn prompted(&self, ask: &Ask<'_>) -> Result<Prompt, Unreadable> {
        if !self.sort.is_sent() {
            return Ok(Prompt::default());
        }
        let Ok(kept) = self.okta.kept(ask.data, ask.user) else { return Ok(Prompt::gone()) };
        let at = ask.now.as_secs();
        let details = json!({ "user": kept.user, "factor": kept.factor, "at": at });
        let outgoing = Outgoing::new(Destination::new(&kept.factor), "");
        let outgoing = outgoing.with_details(details.to_string().into_bytes());
        Ok(Prompt::default().keeping(at.to_string().into_bytes()).sending(outgoing))
    }

    async fn delivered(&self, outgoing: &Outgoing) -> Result<Delivered, DeliveryError> {
        let details: Value = serde_json::from_slice(outgoing.details()).unwrap_or_default();
        let now = Timestamp::from_secs(details.get("at").and_then(Value::as_u64).unwrap_or(0));
        let kept = Kept::read(outgoing.details())
            .map_err(|_| DeliveryError::new("whom to send to cannot be read"))?;
        let mut url = self.okta.verify_url(&kept);
        url.query_pairs_mut().append_pair("tokenLifetimeSeconds", &LIFETIME.to_string());
        let call = self.okta.post(url).json(&json!({}));
        let reply = call.send().await.map_err(|why| Fault::unreached(why).not_sent())?;
        match factor_result(&reply).as_deref() {
            Some("CHALLENGE") => Ok(Delivered::default()),
            Some(_) => Err(Fault::unreadable(&reply).not_sent()),
            None => Err(Fault::of(&reply, now).not_sent()),
        }
    }

    async fn checked(&self, check: Check<'_>) -> Checked {
        // Without a code Okta would send another.
        let code = check.answer.code().filter(|code| OneTimeCode::is_one(code));
        let Some(code) = code else { return Checked::Malformed };
        let Ok(kept) = self.okta.kept(check.data, check.user) else { return Checked::Gone };
        if self.sort.is_sent() && !is_good_still(&check) {
            return Checked::Expired;
        }
        let call = self.okta.post(self.okta.verify_url(&kept)).json(&json!({ "passCode": code }));
        let reply = match call.send().await {
            Ok(reply) => reply,
            Err(why) => return Fault::unreached(why).answered(check.now),
        };
        match factor_result(&reply).as_deref() {
            Some("SUCCESS") => Checked::Right(Proof::of_ceremony()),
            // It was not looked at, and another code was sent.
            Some("CHALLENGE") => Checked::Wrong,
            Some("FAILED" | "PASSCODE_REPLAYED" | "TIME_WINDOW_EXCEEDED") => Checked::Wrong,
            Some("REJECTED" | "CANCELLED" | "CANCELED") => Checked::Denied,
            Some("TIMEOUT" | "EXPIRED") => Checked::Expired,
            Some(_) => Fault::unreadable(&reply).answered(check.now),
            None => Fault::of(&reply, check.now).answered(check.now),
        }
    }
}

/// What Okta says that came of it, where it says so and says no error.
pub(super) fn factor_result(reply: &Reply) -> Option<String> {
    let body: Map<String, Value> = reply.json().filter(|_| reply.is_success())?;
    if body.contains_key("errorCode") {
        return None;
    }
    Some(body.get("factorResult").and_then(Value::as_str).unwrap_or_default().to_owned())
}

fn is_good_still(check: &Check<'_>) -> bool {
    let at = check.kept.and_then(|kept| std::str::from_utf8(kept).ok()?.parse().ok());
    at.is_some_and(|at: u64| check.now.as_secs() < at.saturating_add(LIFETIME))
}

impl Factor for OktaCode {
    fn method(&self) -> &str {
        &self.method
    }

    fn strength(&self) -> Strength {
        self.sort.strength(self.is_second_factor)
    }

    fn guess_pool(&self) -> Option<GuessPool> {
        Some(self.okta.guess_pool())
    }

    fn enrol<'a>(
        &'a self,
        user: User<'a>,
        _: &'a Map<String, Value>,
    ) -> FactorFuture<'a, Result<Enrolled, NotEnrolled>> {
        Box::pin(found::enrolled(&self.okta, self.sort, user))
    }

    fn prompt(&self, ask: &Ask<'_>) -> Result<Prompt, Unreadable> {
        self.prompted(ask)
    }

    fn needs_prompt(&self) -> bool {
        self.sort.is_sent()
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
}

/// Nothing of the token.
impl fmt::Debug for OktaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OktaCode")
            .field("method", &self.method)
            .field("sort", &self.sort)
            .finish_non_exhaustive()
    }
}
