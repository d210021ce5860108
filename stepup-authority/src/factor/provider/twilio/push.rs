//! Pushes to an app with Twilio's SDK.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use stepup_core::{Level, Method, Timestamp};
use zeroize::Zeroizing;

use super::date::date_time;
use super::entity::{self, Challenge, Factor as Found, Kept};
use super::fault::Fault;
use super::{TwilioVerify, asked, is_sid, secret};
use crate::factor::provider::pace::Pace;
use crate::factor::{
    Ask, Check, Checked, Delivered, DeliveryError, Destination, Enrolled, Factor, FactorFuture,
    Kind, NotEnrolled, Outgoing, Prompt, Proof, Purpose, Removal, Strength, Unreadable, User,
};

/// Seconds between two questions about one challenge.
const PACE: u64 = 2;

/// A question on the user's phone, in the service's own app with Twilio's Verify SDK. The method
/// `push`.
///
/// Enrolment shows `access_token` and `identity`, with which the app makes its factor at Twilio; the
/// client then answers with its SID as `factor_sid`. A step-up is answered on the phone: the client
/// posts `{"factor": …}` until it is no longer pending.
///
/// The user says yes or no and types no number, so who is asked often enough says yes once. It
/// reaches `single-factor`, unless it is [accepted without](Self::accept_push_without_typed_number).
///
/// ```
/// use stepup_authority::factor::{Factor, TwilioVerify};
///
/// # fn example(verify: &TwilioVerify) -> Result<(), stepup_authority::StartError> {
/// assert_eq!(verify.push("Confirm what you began?")?.method(), "push");
/// # Ok(())
/// # }
/// ```
pub struct TwilioPush {
    verify: TwilioVerify,
    method: String,
    message: String,
    is_second_factor: bool,
    pace: Pace,
}

/// What is asked, and of whom.
#[derive(Deserialize, Serialize)]
struct Question {
    at: u64,
    to: Kept,
    fields: Vec<Value>,
}

#[derive(Deserialize)]
struct AccessToken {
    #[serde(deserialize_with = "secret")]
    token: Zeroizing<String>,
    entity_identity: String,
    service_sid: String,
}

impl TwilioPush {
    pub(super) fn new(verify: TwilioVerify, message: String) -> Self {
        let (method, pace) = ("push".to_owned(), Pace::of(PACE));
        Self { verify, method, message, is_second_factor: false, pace }
    }

    /// With another name on the wire: where the authority has a factor of the same name already.
    ///
    /// ```
    /// # use stepup_authority::factor::TwilioPush;
    /// # fn example(push: TwilioPush) -> TwilioPush {
    /// push.named("twilio-push")
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
    /// # use stepup_authority::factor::TwilioPush;
    /// # fn example(push: TwilioPush) -> TwilioPush {
    /// push.accept_push_without_typed_number()
    /// # }
    /// ```
    #[must_use]
    pub fn accept_push_without_typed_number(self) -> Self {
        Self { is_second_factor: true, ..self }
    }

    async fn enrolled(&self, user: User<'_>) -> Result<Enrolled, NotEnrolled> {
        let identity = entity::identity(&self.verify, user);
        let form = [("Identity", identity.as_str()), ("FactorType", "push"), ("Ttl", "300")];
        let call = self.verify.post(&["AccessTokens"], &form);
        // No wait goes by this moment but one that Twilio gives as a date.
        let now = Timestamp::from_secs(0);
        let made: AccessToken = asked(call, now).await.map_err(Fault::not_enrolled)?;
        if made.entity_identity != identity || made.service_sid != self.verify.service() {
            return Err(Fault::UNREADABLE.not_enrolled());
        }
        Ok(Enrolled::by_answer(identity.clone().into_bytes())
            .showing("access_token", made.token.as_str())
            .showing("identity", identity))
    }

    fn prompted(&self, ask: &Ask<'_>) -> Result<Prompt, Unreadable> {
        if ask.purpose == Purpose::Enrolment {
            return Ok(Prompt::default());
        }
        let to = Kept::read(ask.data)?;
        let field = |label: &str, value: Option<&str>| {
            value.map(|value| json!({ "label": label, "value": short(value) }))
        };
        let by = ask.by;
        let fields =
            [field("App", by.client_id), field("Browser", by.browser), field("From", by.address)];
        let destination = Destination::new(&to.factor);
        let question =
            Question { at: ask.now.as_secs(), to, fields: fields.into_iter().flatten().collect() };
        let details = serde_json::to_vec(&question).map_err(|_| Unreadable)?;
        Ok(Prompt::default().sending(Outgoing::new(destination, "").with_details(details)))
    }

    async fn delivered(&self, outgoing: &Outgoing) -> Result<Delivered, DeliveryError> {
        let question: Question = serde_json::from_slice(outgoing.details())
            .map_err(|_| DeliveryError::new("what is to be asked cannot be read"))?;
        let Question { at, to, fields } = question;
        let fields: Vec<String> = fields.iter().map(Value::to_string).collect();
        let mut form = vec![("FactorSid", to.factor.as_str()), ("Details.Message", &self.message)];
        // Nobody asks after it later.
        let until = outgoing.until().map(date_time);
        form.extend(until.iter().map(|until| ("ExpirationDate", until.as_str())));
        form.extend(fields.iter().map(|field| ("Details.Fields", field.as_str())));
        let call = self.verify.post(&["Entities", &to.identity, "Challenges"], &form);
        let now = Timestamp::from_secs(at);
        let asked: Challenge = asked(call, now).await.map_err(Fault::not_sent)?;
        if !asked.is_to(&self.verify, &to) {
            return Err(Fault::UNREADABLE.not_sent());
        }
        Ok(Delivered::default().keeping(asked.sid.into_bytes()))
    }

    async fn checked(&self, check: Check<'_>) -> Checked {
        match check.purpose {
            Purpose::Enrolment => self.found(&check).await,
            Purpose::StepUp => self.answered(&check).await,
        }
    }

    /// The factor that the app has made, if it is this user's.
    async fn found(&self, check: &Check<'_>) -> Checked {
        let sid = check.answer.member("factor_sid").and_then(Value::as_str);
        let Some(sid) = sid.filter(|sid| is_sid("YF", sid)) else { return Checked::Malformed };
        let Ok(identity) = std::str::from_utf8(check.data) else { return Checked::Gone };
        let call = self.verify.get(&["Entities", identity, "Factors", sid]);
        let found: Found = match asked(call, check.now).await {
            Ok(found) => found,
            Err(fault) => return fault.checked(check.now, Checked::Wrong),
        };
        let is_it = found.sid == sid && found.is_of(&self.verify, identity, "push");
        match found.status.as_str() {
            "verified" if is_it => {
                let kept = Kept { identity: identity.to_owned(), factor: found.sid };
                let proof = Proof::of_ceremony().enrolling(Enrolled::new(kept.written()));
                Checked::Right(proof)
            }
            "unverified" if is_it => Checked::Pending,
            _ => Fault::UNREADABLE.checked(check.now, Checked::Wrong),
        }
    }

    /// What the user said on the phone.
    async fn answered(&self, check: &Check<'_>) -> Checked {
        let challenge = check.kept.and_then(|kept| std::str::from_utf8(kept).ok());
        let Some(challenge) = challenge.filter(|sid| is_sid("YC", sid)) else {
            return Checked::Expired;
        };
        let Ok(kept) = Kept::read(check.data) else { return Checked::Gone };
        if !self.pace.may_ask(challenge, check.now) {
            return Checked::Pending;
        }
        let call = self.verify.get(&["Entities", &kept.identity, "Challenges", challenge]);
        let found: Challenge = match asked(call, check.now).await {
            Ok(found) => found,
            Err(fault) => return fault.checked(check.now, Checked::Expired),
        };
        let is_it = found.sid == challenge && found.is_to(&self.verify, &kept);
        match found.status.as_str() {
            "approved" if is_it => Checked::Right(Proof::of_ceremony()),
            "denied" if is_it => Checked::Denied,
            "expired" if is_it => Checked::Expired,
            "pending" if is_it => Checked::Pending,
            _ => Fault::UNREADABLE.checked(check.now, Checked::Expired),
        }
    }
}

/// As much as a field takes.
fn short(value: &str) -> String {
    value.chars().take(128).collect()
}

impl Factor for TwilioPush {
    fn method(&self) -> &str {
        &self.method
    }

    fn strength(&self) -> Strength {
        let strength = Strength::new(Kind::Possession, [Method::new("push")], Level::SINGLE_FACTOR);
        if self.is_second_factor { strength.with_another_kind(Level::MFA) } else { strength }
    }

    fn is_guessable(&self) -> bool {
        false
    }

    fn asks_for_approval(&self) -> bool {
        true
    }

    fn enrol<'a>(
        &'a self,
        user: User<'a>,
        _: &'a Map<String, Value>,
    ) -> FactorFuture<'a, Result<Enrolled, NotEnrolled>> {
        Box::pin(self.enrolled(user))
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

    fn removed<'a>(&'a self, removal: Removal<'a>) -> FactorFuture<'a, ()> {
        Box::pin(entity::deleted(&self.verify, removal))
    }

    fn check<'a>(&'a self, check: Check<'a>) -> FactorFuture<'a, Checked> {
        Box::pin(self.checked(check))
    }
}

/// Nothing of any user.
impl fmt::Debug for TwilioPush {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TwilioPush").field("method", &self.method).finish_non_exhaustive()
    }
}
