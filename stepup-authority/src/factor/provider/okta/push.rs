//! Questions in Okta Verify.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use stepup_core::Timestamp;
use url::Url;

use super::code::factor_result;
use super::fault::Fault;
use super::found::{self, Sort};
use super::{Kept, Okta};
use crate::factor::provider::http::Reply;
use crate::factor::provider::pace::Pace;
use crate::factor::{
    Ask, Check, Checked, Delivered, DeliveryError, Destination, Enrolled, Factor, FactorFuture,
    GuessPool, NotEnrolled, Outgoing, Prompt, Proof, Strength, Unreadable, User, Withdrawal,
};

/// Seconds between two questions about one push.
const PACE: u64 = 4;

/// The longest name of a push that is taken.
const LONGEST: usize = 256;

/// A question in Okta Verify on the user's phone. The method `push`.
///
/// The prompt shows `number`, or an answer that is still pending does: the user picks it out of
/// three on the phone, and the client posts `{"factor": …}` until it is no longer pending.
///
/// One out of three is picked by chance soon enough, so it reaches `single-factor`, unless it is
/// [accepted without a typed number](Self::accept_push_without_typed_number).
///
/// ```
/// use stepup_authority::factor::{Okta, OktaPush};
///
/// fn push(okta: &Okta) -> OktaPush {
///     okta.push().named("okta-push")
/// }
/// ```
pub struct OktaPush {
    okta: Okta,
    method: String,
    is_accepted: bool,
    pace: Pace,
}

#[derive(Deserialize, Serialize)]
struct Question {
    at: u64,
    user: String,
    factor: String,
    browser: Option<String>,
    address: Option<String>,
}

/// A push that was asked for.
#[derive(Deserialize, Serialize)]
struct Asked {
    name: String,
    /// Whether Okta takes it back.
    is_cancellable: bool,
}

impl Asked {
    fn read(kept: &[u8]) -> Option<Self> {
        serde_json::from_slice(kept).ok()
    }
}

impl OktaPush {
    pub(super) fn new(okta: Okta) -> Self {
        let method = Sort::Push.method().to_owned();
        Self { okta, method, is_accepted: false, pace: Pace::of(PACE) }
    }

    /// With another name on the wire: where the authority has a factor of the same name already.
    ///
    /// ```
    /// # use stepup_authority::factor::{Okta, OktaPush};
    /// # fn example(okta: &Okta) -> OktaPush {
    /// okta.push().named("okta-push")
    /// # }
    /// ```
    #[must_use]
    pub fn named(self, method: impl Into<String>) -> Self {
        Self { method: method.into(), ..self }
    }

    /// Lets it reach `mfa` together with a login of another kind, although the user types no number
    /// that only the one who began can see: whoever has the password can ask until the user gives in.
    ///
    /// ```
    /// # use stepup_authority::factor::{Okta, OktaPush};
    /// # fn example(okta: &Okta) -> OktaPush {
    /// okta.push().accept_push_without_typed_number()
    /// # }
    /// ```
    #[must_use]
    pub fn accept_push_without_typed_number(self) -> Self {
        Self { is_accepted: true, ..self }
    }

    fn prompted(&self, ask: &Ask<'_>) -> Result<Prompt, Unreadable> {
        let kept = self.okta.kept(ask.data, ask.user);
        let Ok(Kept { user, factor }) = kept else { return Ok(Prompt::gone()) };
        let destination = Destination::new(&factor);
        let browser = ask.by.browser.map(str::to_owned);
        // What names a place is no address.
        let address = ask.by.address.filter(|at| at.parse::<IpAddr>().is_ok());
        let address = address.map(str::to_owned);
        let question = Question { at: ask.now.as_secs(), user, factor, browser, address };
        let details = serde_json::to_vec(&question).map_err(|_| Unreadable)?;
        Ok(Prompt::default().sending(Outgoing::new(destination, "").with_details(details)))
    }

    async fn delivered(&self, outgoing: &Outgoing) -> Result<Delivered, DeliveryError> {
        let question: Question = serde_json::from_slice(outgoing.details())
            .map_err(|_| DeliveryError::new("what is to be asked cannot be read"))?;
        let Question { at, user, factor, browser, address } = question;
        let kept = Kept { user, factor };
        let body = json!({ "useNumberMatchingChallenge": true });
        let mut call = self.okta.post(self.okta.verify_url(&kept)).json(&body);
        // Shown to the user beside the question.
        if let Some(browser) = &browser {
            call = call.header("user-agent", browser);
        }
        if let Some(address) = &address {
            call = call.header("x-forwarded-for", address);
        }
        let reply = call.send().await.map_err(|why| Fault::unreached(why).not_sent())?;
        match factor_result(&reply).as_deref() {
            Some("WAITING") => {}
            Some(_) => return Err(Fault::unreadable(&reply).not_sent()),
            None => return Err(Fault::of(&reply, Timestamp::from_secs(at)).not_sent()),
        }
        let asked = self.asked(&kept, &reply);
        let asked = asked.ok_or_else(|| Fault::unreadable(&reply).not_sent())?;
        let asked = serde_json::to_vec(&asked);
        let asked = asked.map_err(|_| DeliveryError::new("what was asked cannot be kept"))?;
        let delivered = Delivered::default().keeping(asked);
        Ok(match number(&reply) {
            Some(number) => delivered.showing("number", number),
            None => delivered,
        })
    }

    /// What names the push, from where Okta says to ask after it: a place of this organisation and
    /// this factor, or none.
    fn asked(&self, kept: &Kept, reply: &Reply) -> Option<Asked> {
        let body: Value = reply.json()?;
        let link = |name: &str| {
            let href = body.pointer(&format!("/_links/{name}/href"))?.as_str()?;
            Url::parse(href).ok()
        };
        let url = link("poll")?;
        let name = url.path_segments()?.next_back()?.to_owned();
        let is_name = (1..=LONGEST).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        if !is_name || url != self.transaction_url(kept, &name) {
            return None;
        }
        Some(Asked { is_cancellable: link("cancel").is_some_and(|link| link == url), name })
    }

    /// Takes it off the telephone, where Okta has said that it can be.
    async fn withdrawn(&self, withdrawal: Withdrawal<'_>) {
        let Ok(kept) = Kept::read(withdrawal.data) else { return };
        let asked = Asked::read(withdrawal.kept).filter(|asked| asked.is_cancellable);
        let Some(asked) = asked else { return };
        let call = self.okta.delete(self.transaction_url(&kept, &asked.name));
        let fault = match call.send().await {
            Err(why) => Fault::unreached(why),
            // Over by itself meanwhile.
            Ok(reply) if reply.is_success() || reply.status == 404 => return,
            Ok(reply) => Fault::of(&reply, withdrawal.now),
        };
        tracing::warn!(reason = fault.reason(), "a push of Okta's was not withdrawn");
    }

    fn transaction_url(&self, kept: &Kept, transaction: &str) -> Url {
        self.okta.url(&[&kept.user, "factors", &kept.factor, "transactions", transaction])
    }

    async fn checked(&self, check: Check<'_>) -> Checked {
        let Some(asked) = check.kept.and_then(Asked::read) else { return Checked::Expired };
        let Ok(kept) = self.okta.kept(check.data, check.user) else { return Checked::Gone };
        if !self.pace.may_ask(&asked.name, check.now) {
            return Checked::Pending;
        }
        let call = self.okta.get(self.transaction_url(&kept, &asked.name));
        let reply = match call.send().await {
            Ok(reply) => reply,
            Err(why) => return Fault::unreached(why).checked(check.now),
        };
        match factor_result(&reply).as_deref() {
            Some("SUCCESS") => Checked::Right(Proof::of_ceremony()),
            Some("WAITING") => match number(&reply) {
                Some(number) => {
                    Checked::Showing(Map::from_iter([("number".to_owned(), number.into())]))
                }
                None => Checked::Pending,
            },
            Some("REJECTED" | "CANCELLED" | "CANCELED" | "FAILED") => Checked::Denied,
            Some("TIMEOUT" | "EXPIRED") => Checked::Expired,
            Some(_) => Fault::unreadable(&reply).checked(check.now),
            None => {
                let fault = Fault::of(&reply, check.now);
                // The push is gone, which says nothing of the factor.
                if fault.is_unknown() && reply.status == 404 {
                    Checked::Expired
                } else {
                    fault.checked(check.now)
                }
            }
        }
    }
}

/// The number that the user has to find on the phone.
fn number(reply: &Reply) -> Option<u64> {
    let body: Value = reply.json()?;
    body.pointer("/_embedded/challenge/correctAnswer")?.as_u64()
}

impl Factor for OktaPush {
    fn method(&self) -> &str {
        &self.method
    }

    fn strength(&self) -> Strength {
        Sort::Push.strength(self.is_accepted)
    }

    fn is_guessable(&self) -> bool {
        false
    }

    fn guess_pool(&self) -> Option<GuessPool> {
        Some(self.okta.guess_pool())
    }

    fn asks_for_approval(&self) -> bool {
        true
    }

    fn enrol<'a>(
        &'a self,
        user: User<'a>,
        _: &'a Map<String, Value>,
    ) -> FactorFuture<'a, Result<Enrolled, NotEnrolled>> {
        Box::pin(found::enrolled(&self.okta, Sort::Push, user))
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

/// Nothing of the token.
impl fmt::Debug for OktaPush {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OktaPush").field("method", &self.method).finish_non_exhaustive()
    }
}
