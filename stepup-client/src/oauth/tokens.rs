//! The token endpoint.

use form_urlencoded::Serializer;
use http::StatusCode;
use reqwest::RequestBuilder;
use url::Url;
use zeroize::Zeroizing;

use super::OAuthClient;
use crate::remote::{self, Reply};
use crate::stepper::StepUpError;
use crate::token::{AccessToken, SteppedUp};

impl OAuthClient {
    /// Posts a form, as this client.
    pub(super) async fn post(
        &self,
        endpoint: &Url,
        form: &[(&str, &str)],
    ) -> Result<Reply, StepUpError> {
        let form = Zeroizing::new(Serializer::new(String::new()).extend_pairs(form).finish());
        let request = self.http.post(endpoint.clone());
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let request = self.authenticated(request.header("accept", "application/json"));
        remote::send(request.body(form.as_bytes().to_vec())).await
    }

    fn authenticated(&self, request: RequestBuilder) -> RequestBuilder {
        // Encoded before they are put together (RFC 6749 §2.3.1).
        let encoded =
            |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        match &self.secret {
            Some(secret) => {
                let secret = Zeroizing::new(encoded(secret));
                request.basic_auth(encoded(&self.client_id), Some(secret.as_str()))
            }
            None => request,
        }
    }

    /// The token of an answer of the token endpoint.
    pub(super) fn token(
        &self,
        reply: &Reply,
        nonce: Option<&str>,
    ) -> Result<SteppedUp, StepUpError> {
        if reply.status != StatusCode::OK {
            return Err(failure(reply.text("error"), reply));
        }
        if self.is_openid() {
            let id_token = reply.text("id_token");
            let id_token = id_token.ok_or(StepUpError::Unusable("there is no ID token"))?;
            self.check_id_token(id_token, nonce)?;
        } else if self.subject.is_some() {
            return Err(StepUpError::Unusable(
                "without the scope `openid` nobody says whose it is",
            ));
        }
        let (value, kind) = (reply.text("access_token"), reply.text("token_type"));
        let token = value.zip(kind).and_then(|(value, kind)| AccessToken::of_type(kind, value));
        let token =
            token.ok_or(StepUpError::Unusable("there is no access token of a known type"))?;
        let stepped_up = SteppedUp::new(token);
        Ok(match reply.seconds("expires_in") {
            Some(good) => stepped_up.expires_in(good),
            None => stepped_up,
        })
    }
}

/// An error of OAuth's, whichever endpoint it is from.
pub(super) fn failure(code: Option<&str>, reply: &Reply) -> StepUpError {
    match code {
        Some(code) => of_code(code),
        None if reply.status == StatusCode::TOO_MANY_REQUESTS => {
            StepUpError::TooMany { retry_after: reply.retry_after }
        }
        None if reply.status.is_server_error() => {
            StepUpError::Offline(format!("the authorization server answers {}", reply.status))
        }
        None => StepUpError::Unusable("the authorization server refuses without an error code"),
    }
}

pub(super) fn of_code(code: &str) -> StepUpError {
    match code {
        "access_denied" => StepUpError::Denied,
        "unmet_authentication_requirements" => StepUpError::Unmet { enrol: Vec::new() },
        "expired_token" => StepUpError::TimedOut,
        "server_error" | "temporarily_unavailable" => {
            StepUpError::Offline("the authorization server is down".to_owned())
        }
        // A code is a word in small letters; what is none is not repeated.
        code if code.len() <= 40
            && code.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase()) =>
        {
            StepUpError::Refused(code.to_owned())
        }
        _ => StepUpError::Unusable("its error code is none"),
    }
}
