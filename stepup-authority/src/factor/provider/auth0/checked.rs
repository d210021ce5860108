//! Having Auth0 ask, and having it look at the answer.

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

/// Bytes of an `mfa_token` or an `oob_code`: they are a few thousand.
const LONGEST: usize = 8192;

impl Auth0Mfa {
    pub(super) async fn ask(&self, question: &Question) -> Result<Delivered, DeliveryError> {
        let deadline = Instant::now() + PATIENCE;
        let tokens = self.tokens.as_ref();
        let tokens = tokens.ok_or_else(|| DeliveryError::new("nobody makes an mfa_token"))?;
        let mfa_token = tokens(question.user_id.clone()).await?;
        let authenticator = self.tenant.authenticator(&mfa_token, self.sort, deadline).await?;
        let authenticator = authenticator
            .ok_or_else(|| DeliveryError::new("the user has no such authenticator at Auth0"))?;
        let mut asked = Asked { mfa_token, oob_code: None, binds: true, at: question.at };
        if self.sort != Sort::Otp {
            let made = self.tenant.challenge(&asked.mfa_token, &authenticator, deadline).await?;
            // A code that does not come to the user is one that nobody asks for.
            if made.binds == (self.sort == Sort::Push) {
                return Err(DeliveryError::new("Auth0 asks in another way than was wanted"));
            }
            asked.binds = made.binds;
            asked.oob_code = Some(made.oob_code.as_str().to_owned());
        }
        let kept = serde_json::to_vec(&asked);
        let kept = kept.map_err(|_| DeliveryError::new("nothing can be kept"))?;
        Ok(Delivered::default().keeping(kept))
    }

    /// What the client brought, where it has the `mfa_token`.
    fn brought(&self, answer: Answer<'_>, now: Timestamp) -> Option<Asked> {
        let text = |name: &str| answer.member(name).and_then(Value::as_str);
        let opaque = |name: &str| {
            let is_one = |text: &&str| {
                text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_graphic())
            };
            text(name).filter(|text| !text.is_empty()).filter(is_one).map(str::to_owned)
        };
        let oob_code = opaque("oob_code");
        if oob_code.is_some() == (self.sort == Sort::Otp) {
            return None;
        }
        let at = now.as_secs();
        Some(Asked { mfa_token: opaque("mfa_token")?, oob_code, binds: true, at })
    }

    pub(super) async fn checked(&self, check: &Check<'_>) -> Checked {
        let Some(user_id) = (self.user_id)(check.user) else { return Checked::Gone };
        let asked = if self.tokens.is_some() {
            let asked: Option<Asked> =
                check.kept.and_then(|kept| serde_json::from_slice(kept).ok());
            let is_over = |asked: &Asked| check.now.as_secs() >= asked.at + TOKEN_LIFE;
            match asked.filter(|asked| !is_over(asked)) {
                Some(asked) => asked,
                None => return Checked::Expired,
            }
        } else {
            match self.brought(check.answer, check.now) {
                Some(asked) => asked,
                None => return Checked::Malformed,
            }
        };
        let code = check.answer.code().filter(|code| {
            (4..=10).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit())
        });
        let mut form = vec![("mfa_token", asked.mfa_token.as_str())];
        let reason = match (&asked.oob_code, code) {
            (None, Some(code)) => {
                form.push(("grant_type", "http://auth0.com/oauth/grant-type/mfa-otp"));
                form.push(("otp", code));
                Reason::Code
            }
            (Some(oob_code), code) => {
                form.push(("grant_type", "http://auth0.com/oauth/grant-type/mfa-oob"));
                form.push(("oob_code", oob_code));
                match code {
                    Some(code) if asked.binds => {
                        form.push(("binding_code", code));
                        Reason::Code
                    }
                    None if asked.binds => return Checked::Malformed,
                    _ => Reason::Push,
                }
            }
            (None, None) => return Checked::Malformed,
        };
        let refused = self.tenant.verify(&form, &user_id, reason, check.now).await;
        refused.unwrap_or_else(|| Checked::Right(Proof::of_ceremony()))
    }
}
