//! Codes of an authenticator app.

mod key_uri;
pub(super) mod qr;

use std::fmt;

use serde_json::{Map, Value};
use stepup_core::{Level, Method, Timestamp};
use totp_rs::{Builder, Secret};
use zeroize::Zeroizing;

use super::{
    Check, Checked, Enrolled, Factor, FactorFuture, Kind, NotEnrolled, OneTimeCode, Proof,
    Strength, User,
};
use crate::StartError;
use crate::random::random;

/// Seconds that a code is the current one.
const STEP: u64 = 30;

/// 160 bits, as RFC 4226 §4 recommends.
const SECRET_LEN: usize = 20;

/// More steps beside the present one would be more codes to hit by chance (O11).
const WIDEST: u8 = 2;

type Label = dyn Fn(User<'_>) -> String + Send + Sync;

/// The codes of an authenticator app (RFC 6238): six digits, every 30 seconds anew, by HMAC-SHA-1,
/// which is what all apps can do. The method `totp`.
///
/// Enrolment shows `secret` (base32, to type), `otpauth_uri` and `qr` (the URI as an SVG without
/// words; describe it in the user's language), and is done once a code of the app is right. A code
/// is good in its step and one beside it, and once: it and what came before are then used up.
///
/// ```
/// use stepup_authority::factor::{Factor, Totp};
///
/// let totp = Totp::new("Bank");
/// assert_eq!(totp.method(), "totp");
/// ```
pub struct Totp {
    issuer: String,
    label: Option<Box<Label>>,
    window: u8,
}

impl Totp {
    /// With the name that the service has in the user's app. A colon in it becomes a space, because
    /// apps read one as the end of the name.
    ///
    /// ```
    /// let totp = stepup_authority::factor::Totp::new("Bank");
    /// ```
    #[must_use]
    pub fn new(issuer: impl Into<String>) -> Self {
        Self { issuer: issuer.into(), label: None, window: 1 }
    }

    /// What the account is called in the user's app, in place of the user's `sub`.
    ///
    /// ```
    /// use stepup_authority::factor::Totp;
    /// let totp = Totp::new("Bank").labelled(|user| format!("Account {}", user.subject));
    /// ```
    #[must_use]
    pub fn labelled(self, label: impl Fn(User<'_>) -> String + Send + Sync + 'static) -> Self {
        Self { label: Some(Box::new(label)), ..self }
    }

    /// How many steps before and after the present one are good too: 0, 1 or 2; 1 unless set.
    ///
    /// # Errors
    ///
    /// More than 2.
    ///
    /// ```
    /// use stepup_authority::factor::Totp;
    ///
    /// let strict = Totp::new("Bank").window(0)?;
    /// assert_eq!(
    ///     Totp::new("Bank").window(8).unwrap_err().to_string(),
    ///     "a TOTP window of 8 steps makes 17 codes right at once: choose 0, 1 or 2",
    /// );
    /// # Ok::<(), stepup_authority::StartError>(())
    /// ```
    pub fn window(self, steps: u8) -> Result<Self, StartError> {
        if steps > WIDEST {
            let codes = 2 * u16::from(steps) + 1;
            return Err(StartError::new(format!(
                "a TOTP window of {steps} steps makes {codes} codes right at once: choose 0, 1 or 2"
            )));
        }
        Ok(Self { window: steps, ..self })
    }

    /// The step that this code is right in, if it is one of those beside the present one.
    fn matched(&self, secret: &[u8], code: &str, now: Timestamp) -> Option<u64> {
        // It compares numbers of six digits as one word each, all alike in time (O14).
        Builder::new()
            .with_secret(secret.to_vec())
            .with_step_duration(STEP)
            .with_skew(u16::from(self.window))
            .build()
            .ok()?
            .check(code, now.as_secs())
    }

    fn checked(&self, check: &Check<'_>) -> Checked {
        let Some(code) = check.answer.code().filter(|code| OneTimeCode::is_one(code)) else {
            return Checked::Malformed;
        };
        let Some(step) = self.matched(check.data, code, check.now) else {
            return Checked::Wrong;
        };
        // Steps up to here may have been used, and the mark of it lost (S3).
        let doubtful = check.writes_lost_at.map(|at| at.as_secs() / STEP + u64::from(self.window));
        if doubtful.is_some_and(|doubtful| step <= doubtful) {
            return Checked::Wrong;
        }
        Checked::Right(Proof::of_step(step))
    }
}

impl Totp {
    fn enrolled(&self, user: User<'_>) -> Result<Enrolled, NotEnrolled> {
        let cannot = NotEnrolled::Unavailable;
        let secret = Zeroizing::new(random::<SECRET_LEN>().map_err(|_| cannot)?);
        let base32 = Zeroizing::new(Secret::new_stack(*secret).to_base32());
        let account =
            self.label.as_ref().map_or_else(|| user.subject.to_owned(), |label| label(user));
        let uri = key_uri::key_uri(&self.issuer, &account, &base32);
        let qr = qr::svg(&uri).ok_or(cannot)?;
        Ok(Enrolled::new(secret.to_vec())
            .showing("secret", base32.as_str())
            .showing("otpauth_uri", uri)
            .showing("qr", qr))
    }
}

impl Factor for Totp {
    fn method(&self) -> &str {
        "totp"
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
        Box::pin(std::future::ready(self.enrolled(user)))
    }

    fn check<'a>(&'a self, check: Check<'a>) -> FactorFuture<'a, Checked> {
        Box::pin(std::future::ready(self.checked(&check)))
    }
}

/// Nothing of any user.
impl fmt::Debug for Totp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Totp")
            .field("issuer", &self.issuer)
            .field("window", &self.window)
            .finish_non_exhaustive()
    }
}

mod tests;
