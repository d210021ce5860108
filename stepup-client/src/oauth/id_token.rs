//! Whose login it was (OpenID Connect Core §3.1.3.7).

use base64_simd::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::OAuthClient;
use crate::stepper::StepUpError;

impl OAuthClient {
    /// It came from the token endpoint itself, which vouches for it in place of a signature (point
    /// 6). Level and age are not looked at: the API says whether they suffice.
    pub(super) fn check_id_token(
        &self,
        id_token: &str,
        nonce: Option<&str>,
    ) -> Result<(), StepUpError> {
        let unusable = StepUpError::Unusable;
        let payload = id_token.split('.').nth(1).unwrap_or_default();
        let claims = URL_SAFE_NO_PAD.decode_to_vec(payload).ok();
        let claims: Option<Value> = claims.and_then(|json| serde_json::from_slice(&json).ok());
        let claims = claims.ok_or(unusable("its ID token cannot be read"))?;
        let text = |name| claims.get(name).and_then(Value::as_str);
        if text("iss") != Some(&self.issuer) {
            return Err(unusable("its ID token is another issuer's"));
        }
        let is_ours = match claims.get("aud") {
            Some(Value::Array(several)) => several.iter().any(|one| *one == self.client_id),
            Some(one) => *one == self.client_id,
            None => false,
        };
        if !is_ours {
            return Err(unusable("its ID token is another client's"));
        }
        if nonce.is_some() && text("nonce") != nonce {
            return Err(unusable("its ID token belongs to another request"));
        }
        match &self.subject {
            Some(subject) if text("sub") != Some(subject) => {
                Err(StepUpError::Refused("somebody else logged in".to_owned()))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn checked(claims: &Value) -> Result<(), StepUpError> {
        let client = OAuthClient::new("https://login.example", "desktop").unwrap().subject("alice");
        let payload = URL_SAFE_NO_PAD.encode_to_string(claims.to_string());
        client.check_id_token(&format!("e30.{payload}.c2ln"), Some("n-1"))
    }

    #[test]
    fn t23_an_id_token_of_anybody_elses_is_refused() {
        let good = json!({
            "iss": "https://login.example", "aud": "desktop", "nonce": "n-1", "sub": "alice",
        });
        assert_eq!(checked(&good), Ok(()));
        let with = |name: &str, value: Value| {
            let mut claims = good.clone();
            claims[name] = value;
            checked(&claims)
        };
        assert_eq!(with("aud", json!(["api", "desktop"])), Ok(()));
        for (name, value) in [
            ("iss", json!("https://login.example/")),
            ("iss", json!(null)),
            ("aud", json!("web")),
            ("aud", json!(["web"])),
            ("aud", json!(null)),
            ("nonce", json!("n-2")),
            ("nonce", json!(null)),
            ("sub", json!("bob")),
            ("sub", json!(null)),
        ] {
            assert!(with(name, value.clone()).is_err(), "{name}: {value}");
        }
        let client = OAuthClient::new("https://login.example", "desktop").unwrap();
        for nonsense in ["", "a", "a.b", "a.!.c", "a.bm9uc2Vuc2U.c"] {
            assert!(client.check_id_token(nonsense, None).is_err(), "{nonsense}");
        }
    }
}
