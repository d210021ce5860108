//! A user at Twilio, and their factors there.

use aws_lc_rs::hmac;
use serde::{Deserialize, Serialize};

use super::TwilioVerify;
use super::fault::Fault;
use super::sid::is_sid;
use crate::factor::{Removal, Unreadable, User};

/// What is kept of a factor.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Kept {
    pub(super) identity: String,
    pub(super) factor: String,
}

impl Kept {
    pub(super) fn read(data: &[u8]) -> Result<Self, Unreadable> {
        let kept: Self = serde_json::from_slice(data).map_err(|_| Unreadable)?;
        is_sid("YF", &kept.factor).then_some(kept).ok_or(Unreadable)
    }

    pub(super) fn written(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// What Twilio says of a factor. What else it says is not asked for.
#[derive(Deserialize)]
pub(super) struct Factor {
    pub(super) sid: String,
    pub(super) identity: String,
    pub(super) service_sid: String,
    pub(super) factor_type: String,
    pub(super) status: String,
}

impl Factor {
    /// Whether it is of this user and this service.
    pub(super) fn is_of(&self, verify: &TwilioVerify, identity: &str, factor_type: &str) -> bool {
        is_sid("YF", &self.sid)
            && self.identity == identity
            && self.service_sid == verify.service()
            && self.factor_type == factor_type
    }
}

/// What Twilio says of a challenge.
#[derive(Deserialize)]
pub(super) struct Challenge {
    pub(super) sid: String,
    identity: String,
    service_sid: String,
    factor_sid: String,
    pub(super) status: String,
}

impl Challenge {
    /// Whether it is to this factor.
    pub(super) fn is_to(&self, verify: &TwilioVerify, kept: &Kept) -> bool {
        is_sid("YC", &self.sid)
            && self.identity == kept.identity
            && self.service_sid == verify.service()
            && self.factor_sid == kept.factor
    }
}

/// Has a factor deleted that the user has no more.
pub(super) async fn deleted(verify: &TwilioVerify, removal: Removal<'_>) {
    let Ok(Kept { identity, factor }) = Kept::read(removal.data) else { return };
    let call = verify.delete(&["Entities", &identity, "Factors", &factor]);
    let fault = match call.send().await {
        Err(why) => Fault::unreached(why),
        // Gone before.
        Ok(reply) if reply.is_success() || reply.status == 404 => return,
        Ok(reply) => Fault::of(&reply, removal.now),
    };
    tracing::warn!(reason = fault.reason(), "a factor that was removed is at Twilio still");
}

/// What the user is called at Twilio: nothing that a person could be known by, and what nobody
/// works out who has no secret of the service's. Of a secret that has changed comes another name:
/// what was enrolled before keeps its own.
pub(super) fn identity(verify: &TwilioVerify, user: User<'_>) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, verify.secret().as_bytes());
    let mut of = hmac::Context::with_key(&key);
    for part in ["twilio entity", user.issuer, user.subject] {
        of.update(&(part.len() as u64).to_be_bytes());
        of.update(part.as_bytes());
    }
    let tag = of.sign();
    tag.as_ref().iter().take(16).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}
