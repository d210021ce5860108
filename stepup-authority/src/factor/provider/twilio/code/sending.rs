//! A code on its way to the user and back.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use stepup_core::Timestamp;
use tokio::time::Instant;

use super::{OfAsk, TwilioCode};
use crate::factor::provider::twilio::channel::{Channel, is_taken};
use crate::factor::provider::twilio::fault::{Fault, What};
use crate::factor::provider::twilio::{asked, is_sid};
use crate::factor::{
    Ask, Check, Checked, Delivered, DeliveryError, OneTimeCode, Outgoing, Prompt, Proof,
    Unreadable, Withdrawal, sent_code,
};
use crate::sealing::{from_text, to_text};

/// In which Twilio is told that its own check is not needed.
const REPORT: Duration = Duration::from_secs(2);

/// What is sent, and how.
#[derive(Deserialize, Serialize)]
struct Sending {
    at: u64,
    tag: Option<String>,
    locale: Option<String>,
    rate_limits: Map<String, Value>,
}

/// What the check needs.
#[derive(Deserialize, Serialize)]
struct Kept {
    /// When it was asked for.
    at: u64,
    /// Of a code of the authority's own.
    tag: Option<String>,
    /// Twilio's name for it, if it said that it was sent.
    verification: Option<String>,
}

impl Kept {
    fn written(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

#[derive(Deserialize)]
struct Verification {
    sid: String,
    service_sid: String,
    to: String,
    status: String,
    valid: Option<bool>,
}

impl TwilioCode {
    pub(super) fn prompted(&self, ask: &Ask<'_>) -> Result<Prompt, Unreadable> {
        let destination = self.channel.destination(sent_code::address(ask.data)?);
        let code = self.is_own_code.then(OneTimeCode::new).transpose()?;
        let code = code.as_ref().map(OneTimeCode::as_str);
        let tag = code.map(|code| to_text(&ask.vault.tag(code)));
        let at = ask.now.as_secs();
        let kept = Kept { at, tag: tag.clone(), verification: None };
        let locale = self.locale.as_ref().map(|of| of(ask.user));
        let limit = |(name, of): &(String, Box<OfAsk>)| (name.clone(), of(ask).into());
        let rate_limits = self.rate_limits.iter().map(limit).collect();
        let sending = Sending { at, tag, locale, rate_limits };
        let details = serde_json::to_vec(&sending).map_err(|_| Unreadable)?;
        let outgoing = Outgoing::new(destination, code.unwrap_or_default()).with_details(details);
        Ok(Prompt::default().keeping(kept.written()).sending(outgoing))
    }

    pub(super) async fn delivered(&self, outgoing: &Outgoing) -> Result<Delivered, DeliveryError> {
        let to = outgoing.destination().address();
        if self.channel != Channel::Email && !is_taken(to, self.only.as_deref()) {
            return Err(DeliveryError::new("numbers of this prefix are not taken any more"));
        }
        let sending: Sending = serde_json::from_slice(outgoing.details())
            .map_err(|_| DeliveryError::new("what is to be sent cannot be read"))?;
        let rate_limits = Value::Object(sending.rate_limits).to_string();
        let mut form = vec![("To", to), ("Channel", self.channel.name())];
        form.extend(sending.locale.as_deref().map(|locale| ("Locale", locale)));
        if !self.rate_limits.is_empty() {
            form.push(("RateLimits", &rate_limits));
        }
        if sending.tag.is_some() {
            form.push(("CustomCode", outgoing.code()));
        }
        let now = Timestamp::from_secs(sending.at);
        let call = self.verify.post(&["Verifications"], &form);
        let sent: Verification = asked(call, now).await.map_err(Fault::not_sent)?;
        if !self.is_ours(&sent, to) {
            return Err(Fault::UNREADABLE.not_sent());
        }
        let (at, tag) = (sending.at, sending.tag);
        Ok(Delivered::default().keeping(Kept { at, tag, verification: Some(sent.sid) }.written()))
    }

    fn is_ours(&self, verification: &Verification, to: &str) -> bool {
        is_sid("VE", &verification.sid)
            && verification.service_sid == self.verify.service()
            && verification.to.eq_ignore_ascii_case(to)
    }

    pub(super) async fn checked(&self, check: Check<'_>) -> Checked {
        let kept = check.kept.and_then(|kept| serde_json::from_slice::<Kept>(kept).ok());
        let Some(kept) = kept else { return Checked::Expired };
        if kept.tag.is_some() {
            return self.own_code_checked(&check, &kept).await;
        }
        // One that was sent although nobody heard of it: by the number alone it could as well be
        // another program's.
        let Some(sid) = kept.verification else { return Checked::Expired };
        let is_code = |code: &&str| {
            (4..=10).contains(&code.len()) && code.bytes().all(|c| c.is_ascii_digit())
        };
        let Some(code) = check.answer.code().filter(is_code) else { return Checked::Malformed };
        let Ok(to) = sent_code::address(check.data) else { return Checked::Gone };
        let form = [("VerificationSid", sid.as_str()), ("Code", code)];
        let call = self.verify.post(&["VerificationCheck"], &form);
        let found: Verification = match asked(call, check.now).await {
            Ok(found) => found,
            // How long its codes are, the Verify service says and we do not know.
            Err(Fault { what: What::BadParameter, .. }) => return Checked::Malformed,
            Err(fault) => return fault.checked(check.now, Checked::Expired),
        };
        match (found.status.as_str(), found.valid) {
            _ if found.sid != sid || !self.is_ours(&found, to) => {
                Fault::UNREADABLE.checked(check.now, Checked::Expired)
            }
            ("approved", None | Some(true)) => Checked::Right(Proof::of_ceremony()),
            ("pending", None | Some(false)) => Checked::Wrong,
            ("canceled" | "max_attempts_reached" | "deleted" | "failed" | "expired", _) => {
                Checked::Expired
            }
            _ => Fault::UNREADABLE.checked(check.now, Checked::Expired),
        }
    }

    /// Has Twilio take no answer to it any more. The code of a ceremony that goes on is still the
    /// one that was sent before.
    pub(super) async fn withdrawn(&self, withdrawal: Withdrawal<'_>) {
        let kept: Option<Kept> = serde_json::from_slice(withdrawal.kept).ok();
        let sid = kept.and_then(|kept| kept.verification).filter(|sid| is_sid("VE", sid));
        let Some(sid) = sid.filter(|_| !withdrawal.is_asked_anew) else { return };
        let call = self.verify.post(&["Verifications", &sid], &[("Status", "canceled")]);
        match asked::<Value>(call, withdrawal.now).await {
            // Over by itself meanwhile.
            Ok(_) | Err(Fault { what: What::NotFound, .. }) => {}
            Err(fault) => {
                tracing::warn!(reason = fault.reason(), "a code of Twilio's was not withdrawn");
            }
        }
    }

    async fn own_code_checked(&self, check: &Check<'_>, kept: &Kept) -> Checked {
        let code = check.answer.code().filter(|code| OneTimeCode::is_one(code));
        let Some(code) = code else { return Checked::Malformed };
        let tag = kept.tag.as_deref().and_then(from_text);
        if !tag.is_some_and(|tag| check.vault.matches(code, &tag)) {
            return Checked::Wrong;
        }
        if let Some(sid) = kept.verification.as_ref().filter(|sid| is_sid("VE", sid)) {
            let call = self.verify.post(&["Verifications", sid], &[("Status", "approved")]);
            let reported = asked::<Value>(call.by(Instant::now() + REPORT), check.now).await;
            if let Err(fault) = reported {
                // The answer is right all the same.
                tracing::warn!(reason = fault.reason(), "Twilio was not told of a right answer");
            }
        }
        Checked::Right(Proof::of_ceremony())
    }
}
