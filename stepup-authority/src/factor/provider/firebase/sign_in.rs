//! What a token of Firebase's says of a sign-in.

use std::time::Duration;

use base64_simd::URL_SAFE_NO_PAD;
use http::{Request, StatusCode};
use serde_json::{Map, Value};
use stepup_core::{Level, Timestamp};

use super::{Account, FirebaseFactor};
use crate::factor::{Answer, Checked};

/// The claim where Firebase says how the user signed in, and in it the second factor.
const SIGN_IN: &str = "firebase";
const SECOND: &str = "sign_in_second_factor";
const SECOND_ID: &str = "second_factor_identifier";

/// A sign-in that Firebase vouches for.
pub(super) struct SignIn {
    pub(super) account: Account,
    pub(super) kind: &'static str,
    pub(super) at: Timestamp,
}

impl FirebaseFactor {
    /// The token's sign-in, if it is genuine and had a second factor.
    pub(super) async fn sign_in(
        &self,
        answer: Answer<'_>,
        now: Timestamp,
    ) -> Result<SignIn, Checked> {
        let token = answer.member("id_token").and_then(Value::as_str).ok_or(Checked::Malformed)?;
        let claims = claims(token).ok_or(Checked::Malformed)?;
        let number = |name: &str| claims.get(name).and_then(Value::as_u64);
        let request = Request::get("/").header("authorization", format!("Bearer {token}"));
        let request = request.body(()).map_err(|_| Checked::Malformed)?;
        let login = match self.gate.verify(&request).await {
            Ok(login) => login,
            Err(rejection) => {
                let response = rejection.response();
                if response.status() == StatusCode::SERVICE_UNAVAILABLE {
                    let seconds = response.headers().get("retry-after");
                    let seconds = seconds.and_then(|value| value.to_str().ok()?.parse().ok());
                    let wait = Duration::from_secs(seconds.unwrap_or(30));
                    return Err(Checked::Unavailable(now.plus(wait)));
                }
                // An honest client that was slow: nothing is learned by not counting it.
                let is_old = number("exp").is_some_and(|at| at <= now.as_secs());
                return Err(if is_old { Checked::Expired } else { Checked::Wrong });
            }
        };
        // From here on the claims are Firebase's.
        let of_sign_in = |name| claims.get(SIGN_IN)?.get(name)?.as_str();
        let kind = match of_sign_in(SECOND) {
            Some("phone") => "phone",
            Some("totp") => "totp",
            _ => return Err(Checked::Expired),
        };
        let is_mfa = login.level().is_some_and(|level| level.name() == Level::MFA.name());
        let second = of_sign_in(SECOND_ID).filter(|id| !id.is_empty());
        let (true, Some(second), Some(at)) = (is_mfa, second, login.auth_time()) else {
            return Err(Checked::Expired);
        };
        let account = Account {
            issuer: login.issuer().to_owned(),
            sub: login.subject().to_owned(),
            second: second.to_owned(),
        };
        Ok(SignIn { account, kind, at })
    }
}

/// What a token says, verified or not.
fn claims(token: &str) -> Option<Map<String, Value>> {
    let payload = token.split('.').nth(1)?;
    let json = URL_SAFE_NO_PAD.decode_to_vec(payload).ok()?;
    crate::json::read_object(&json)
}
