//! Having Auth0 ask, and having it look at the answer.

use aws_lc_rs::digest::{SHA256, digest};
use base64_simd::URL_SAFE_NO_PAD;
use serde_json::Value;
use stepup_core::Timestamp;
use tokio::time::Instant;

use super::outcome::Reason;
use super::sort::Sort;
use super::{Asked, Auth0Mfa, Question};
use crate::factor::provider::http::PATIENCE;
use crate::factor::{Answer, Check, Checked, Delivered, DeliveryError, Proof};

/// Seconds that an `mfa_token` is good, from when it was made.
const TOKEN_LIFE: u64 = 600;

/// Bytes of an `mfa_token`: it has a few thousand.
const LONGEST: usize = 8192;

const BY_CODE_OF_APP: (&str, &str) = ("grant_type", "http://auth0.com/oauth/grant-type/mfa-otp");
const OUT_OF_BAND: (&str, &str) = ("grant_type", "http://auth0.com/oauth/grant-type/mfa-oob");

impl Auth0Mfa {
    pub(super) async fn ask(&self, question: &Question) -> Result<Delivered, DeliveryError> {
        let deadline = Instant::now() + PATIENCE;
        let tokens = self.tokens.as_ref();
        let tokens = tokens.ok_or_else(|| DeliveryError::new("nobody makes an mfa_token"))?;
        let mfa_token = tokens(question.user_id.clone()).await?;
        let mut asked = Asked { mfa_token, oob_code: None, at: question.at };
        let authenticator = self.tenant.authenticator(&asked.mfa_token, self.sort, deadline);
        let authenticator = authenticator
            .await?
            .ok_or_else(|| DeliveryError::new("the user has no such authenticator at Auth0"))?;
        if self.sort != Sort::Otp {
            let made = self.tenant.challenge(&asked.mfa_token, &authenticator, deadline).await?;
            // A code that does not come to the user is one that nobody asks for.
            if made.binds == (self.sort == Sort::Push) {
                return Err(DeliveryError::new("Auth0 asks in another way than was wanted"));
            }
            asked.oob_code = Some(made.oob_code.as_str().to_owned());
        }
        let kept = serde_json::to_vec(&asked);
        let kept = kept.map_err(|_| DeliveryError::new("nothing can be kept"))?;
        Ok(Delivered::default().keeping(kept))
    }

    /// What was asked here, or the token that the client brought.
    fn asked(&self, check: &Check<'_>) -> Result<Asked, Checked> {
        if self.tokens.is_none() {
            return brought(check.answer, check.now).ok_or(Checked::Malformed);
        }
        let asked: Option<Asked> = check.kept.and_then(|kept| serde_json::from_slice(kept).ok());
        let is_good = |asked: &Asked| check.now.as_secs() < asked.at + TOKEN_LIFE;
        asked.filter(is_good).ok_or(Checked::Expired)
    }

    pub(super) async fn checked(&self, check: &Check<'_>) -> Checked {
        let Some(user_id) = (self.user_id)(check.user) else { return Checked::Gone };
        let asked = match self.asked(check) {
            Ok(asked) => asked,
            Err(checked) => return checked,
        };
        let code = check.answer.code().filter(|code| {
            (4..=10).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit())
        });
        let mfa_token = ("mfa_token", asked.mfa_token.as_str());
        let (form, reason) = match (self.sort, &asked.oob_code, code) {
            (Sort::Push, Some(oob_code), _) => {
                let about = digest(&SHA256, oob_code.as_bytes());
                let about = URL_SAFE_NO_PAD.encode_to_string(about.as_ref());
                if !self.pace.may_ask(&about, check.now) {
                    return Checked::Pending;
                }
                (vec![OUT_OF_BAND, mfa_token, ("oob_code", oob_code)], Reason::Push)
            }
            (Sort::Otp, None, Some(code)) => {
                (vec![BY_CODE_OF_APP, mfa_token, ("otp", code)], Reason::Code)
            }
            (_, Some(oob_code), Some(code)) => {
                let oob_code = ("oob_code", oob_code.as_str());
                (vec![OUT_OF_BAND, mfa_token, oob_code, ("binding_code", code)], Reason::Code)
            }
            _ => return Checked::Malformed,
        };
        let refused = self.tenant.verify(&form, &user_id, reason, check.now).await;
        refused.unwrap_or_else(|| Checked::Right(Proof::of_ceremony()))
    }
}

/// The `mfa_token` of a login of the client's.
fn brought(answer: Answer<'_>, now: Timestamp) -> Option<Asked> {
    let mfa_token = answer.member("mfa_token").and_then(Value::as_str)?;
    let is_one = (1..=LONGEST).contains(&mfa_token.len())
        && mfa_token.bytes().all(|byte| byte.is_ascii_graphic());
    is_one.then(|| Asked { mfa_token: mfa_token.to_owned(), oob_code: None, at: now.as_secs() })
}
