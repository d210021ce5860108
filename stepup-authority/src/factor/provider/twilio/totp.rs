//! Authenticator apps whose secret Twilio keeps.

use std::fmt;

use serde::Deserialize;
use serde_json::{Map, Value};
use stepup_core::{Level, Method, Timestamp};
use zeroize::Zeroizing;

use super::entity::{self, Challenge, Factor as Found, Kept};
use super::fault::Fault;
use super::{TwilioVerify, asked, secret};
use crate::factor::totp::qr;
use crate::factor::{
    Check, Checked, Enrolled, Factor, FactorFuture, Kind, NotEnrolled, OneTimeCode, Proof, Purpose,
    Removal, Strength, User,
};

/// Seconds that a code is the current one, and how many steps before and after are good too.
const STEP: u64 = 30;
const SKEW: u64 = 1;

/// The codes of an authenticator app whose secret Twilio Verify makes, keeps and compares with:
/// six digits, every 30 seconds anew. The method `totp`.
///
/// Enrolment shows `secret`, `otpauth_uri` and `qr` as [`Totp`](crate::factor::Totp) does, and is
/// done once a code of the app is right.
///
/// Which of three codes that are good at once an answer was is not told: after one all three are
/// used up, and the next is good up to a minute and a half later.
///
/// ```
/// use stepup_authority::factor::{Factor, TwilioVerify};
///
/// # fn example(verify: &TwilioVerify) -> Result<(), stepup_authority::StartError> {
/// assert_eq!(verify.totp("Bank")?.named("twilio-totp").method(), "twilio-totp");
/// # Ok(())
/// # }
/// ```
pub struct TwilioTotp {
    verify: TwilioVerify,
    method: String,
    account: String,
}

/// A factor with its secret: not flattened, which would leave copies of that.
#[derive(Deserialize)]
struct New {
    sid: String,
    identity: String,
    service_sid: String,
    factor_type: String,
    status: String,
    binding: Binding,
}

#[derive(Deserialize)]
struct Binding {
    #[serde(deserialize_with = "secret")]
    secret: Zeroizing<String>,
    #[serde(deserialize_with = "secret")]
    uri: Zeroizing<String>,
}

impl TwilioTotp {
    pub(super) fn new(verify: TwilioVerify, account: String) -> Self {
        Self { verify, method: "totp".to_owned(), account }
    }

    /// With another name on the wire: where the authority has a factor of the same name already.
    ///
    /// ```
    /// # use stepup_authority::factor::TwilioTotp;
    /// # fn example(totp: TwilioTotp) -> TwilioTotp {
    /// totp.named("twilio-totp")
    /// # }
    /// ```
    #[must_use]
    pub fn named(self, method: impl Into<String>) -> Self {
        Self { method: method.into(), ..self }
    }

    async fn enrolled(&self, user: User<'_>) -> Result<Enrolled, NotEnrolled> {
        let identity = entity::identity(&self.verify, user);
        let form = [
            ("FriendlyName", self.account.as_str()),
            ("FactorType", "totp"),
            ("Config.Alg", "sha1"),
            ("Config.CodeLength", "6"),
            ("Config.Skew", "1"),
            ("Config.TimeStep", "30"),
        ];
        let call = self.verify.post(&["Entities", &identity, "Factors"], &form);
        // No wait goes by this moment but one that Twilio gives as a date.
        let now = Timestamp::from_secs(0);
        let New { sid, identity: of, service_sid, factor_type, status, binding } =
            asked(call, now).await.map_err(Fault::not_enrolled)?;
        let factor = Found { sid, identity: of, service_sid, factor_type, status };
        if !factor.is_of(&self.verify, &identity, "totp") {
            return Err(Fault::UNREADABLE.not_enrolled());
        }
        let qr = qr::svg(&binding.uri).ok_or(NotEnrolled::Unavailable)?;
        Ok(Enrolled::new(Kept { identity, factor: factor.sid }.written())
            .showing("secret", binding.secret.as_str())
            .showing("otpauth_uri", binding.uri.as_str())
            .showing("qr", qr))
    }

    async fn checked(&self, check: Check<'_>) -> Checked {
        let code = check.answer.code().filter(|code| OneTimeCode::is_one(code));
        let Some(code) = code else { return Checked::Malformed };
        let Ok(kept) = Kept::read(check.data) else { return Checked::Gone };
        let step = check.now.as_secs() / STEP;
        // Steps up to here may have been used, and the mark of it lost.
        let doubtful = check.writes_lost_at.map(|at| at.as_secs() / STEP + 2 * SKEW);
        if doubtful.is_some_and(|doubtful| step <= doubtful) {
            return Checked::Wrong;
        }
        let checked = match check.purpose {
            Purpose::Enrolment => self.verified(&check, &kept, code).await,
            Purpose::StepUp => self.approved(&check, &kept, code).await,
        };
        match checked {
            Ok(true) => Checked::Right(Proof::of_steps(step.saturating_sub(SKEW), step + SKEW)),
            Ok(false) => Checked::Wrong,
            // Of an enrolment nothing can be asked anew.
            Err(fault) => match fault.checked(check.now, Checked::Gone) {
                Checked::Expired if check.purpose == Purpose::Enrolment => Checked::Gone,
                checked => checked,
            },
        }
    }

    /// The first code, which makes the factor one that can be used.
    async fn verified(&self, check: &Check<'_>, kept: &Kept, code: &str) -> Result<bool, Fault> {
        let path = ["Entities", &kept.identity, "Factors", &kept.factor];
        let call = self.verify.post(&path, &[("AuthPayload", code)]);
        let found: Found = asked(call, check.now).await?;
        let is_it = found.sid == kept.factor && found.is_of(&self.verify, &kept.identity, "totp");
        match found.status.as_str() {
            "verified" if is_it => Ok(true),
            "unverified" if is_it => Ok(false),
            _ => Err(Fault::UNREADABLE),
        }
    }

    async fn approved(&self, check: &Check<'_>, kept: &Kept, code: &str) -> Result<bool, Fault> {
        let form = [("FactorSid", kept.factor.as_str()), ("AuthPayload", code)];
        let call = self.verify.post(&["Entities", &kept.identity, "Challenges"], &form);
        let found: Challenge = asked(call, check.now).await?;
        let is_it = found.is_to(&self.verify, kept);
        match found.status.as_str() {
            "approved" if is_it => Ok(true),
            "pending" if is_it => Ok(false),
            _ => Err(Fault::UNREADABLE),
        }
    }
}

impl Factor for TwilioTotp {
    fn method(&self) -> &str {
        &self.method
    }

    fn strength(&self) -> Strength {
        Strength::new(Kind::Possession, [Method::OTP], Level::SINGLE_FACTOR)
            .with_another_kind(Level::MFA)
    }

    fn enrol<'a>(
        &'a self,
        user: User<'a>,
        _: &'a Map<String, Value>,
    ) -> FactorFuture<'a, Result<Enrolled, NotEnrolled>> {
        Box::pin(self.enrolled(user))
    }

    fn removed<'a>(&'a self, removal: Removal<'a>) -> FactorFuture<'a, ()> {
        Box::pin(entity::deleted(&self.verify, removal))
    }

    fn check<'a>(&'a self, check: Check<'a>) -> FactorFuture<'a, Checked> {
        Box::pin(self.checked(check))
    }
}

/// Nothing of any user.
impl fmt::Debug for TwilioTotp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TwilioTotp").field("method", &self.method).finish_non_exhaustive()
    }
}
