//! Authorization code with PKCE, for programs on a desktop (RFC 8252).

use std::fmt;

use http::StatusCode;
use url::Url;

use super::OAuthClient;
use super::loopback::{Loopback, Parameters};
use super::metadata::Metadata;
use super::pkce::{challenge, unguessable};
use super::tokens::{failure, of_code};
use crate::source::BoxFuture;
use crate::stepper::{Asked, StepUpError, Stepper};
use crate::token::SteppedUp;

/// Has the user log in again in their browser, as strongly and recently as is asked.
///
/// The request carries the challenge's `acr_values` and `max_age`, PKCE (`S256`), `state` and, with
/// the scope `openid`, a `nonce`; it is pushed ahead where the server takes that (RFC 9126). The
/// browser comes back to `http://127.0.0.1/callback`, at any free port: register that.
///
/// ```
/// use stepup_client::{OAuthClient, OAuthStepper};
///
/// fn stepper(client: OAuthClient) -> OAuthStepper {
///     OAuthStepper::new(client, |address| println!("Open {address}"))
/// }
/// ```
pub struct OAuthStepper {
    client: OAuthClient,
    open: Box<dyn Fn(&str) + Send + Sync>,
}

impl OAuthStepper {
    /// One that opens the user's browser by this function.
    ///
    /// ```
    /// use stepup_client::{OAuthClient, OAuthStepper};
    ///
    /// fn stepper(client: OAuthClient) -> OAuthStepper {
    ///     OAuthStepper::new(client, |address| {
    ///         let _ = std::process::Command::new("xdg-open").arg(address).spawn();
    ///     })
    /// }
    /// ```
    #[must_use]
    pub fn new(client: OAuthClient, open: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { client, open: Box::new(open) }
    }

    async fn log_in(&self, asked: &Asked) -> Result<SteppedUp, StepUpError> {
        let metadata = self.client.metadata().await?;
        let loopback = Loopback::open().await;
        let loopback = loopback.map_err(|_| StepUpError::Unusable("no port can be opened"))?;
        let redirect_uri = loopback.redirect_uri();
        let (state, verifier) = (unguessable()?, unguessable()?);
        let nonce = if self.client.is_openid() { Some(unguessable()?) } else { None };
        let mut request = self.client.wanted(asked);
        request.extend([
            ("response_type", "code".to_owned()),
            ("redirect_uri", redirect_uri.clone()),
            ("state", state.as_str().to_owned()),
            ("code_challenge", challenge(&verifier)),
            ("code_challenge_method", "S256".to_owned()),
        ]);
        request.extend(nonce.as_ref().map(|nonce| ("nonce", nonce.as_str().to_owned())));
        let address = self.address(metadata, &request).await?;
        (self.open)(address.as_str());
        let answer = loopback.answer(&state).await;
        let answer = answer.map_err(|_| StepUpError::Unusable("the browser cannot come back"))?;
        let code = self.code(metadata, &answer)?;
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("client_id", &self.client.client_id),
            ("code", code),
            ("redirect_uri", &redirect_uri),
            ("code_verifier", &verifier),
        ];
        form.extend(self.client.resource.as_deref().map(|resource| ("resource", resource)));
        let reply = self.client.post(&metadata.token, &form).await?;
        self.client.token(&reply, nonce.as_ref().map(|nonce| nonce.as_str()))
    }

    /// Where the browser is sent to.
    async fn address(
        &self,
        metadata: &Metadata,
        request: &[(&str, String)],
    ) -> Result<Url, StepUpError> {
        let address = metadata.authorization.clone();
        let mut address =
            address.ok_or(StepUpError::Unusable("the issuer names no authorization endpoint"))?;
        let Some(endpoint) = &metadata.pushed else {
            address.query_pairs_mut().extend_pairs(request);
            return Ok(address);
        };
        let form: Vec<_> = request.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let reply = self.client.post(endpoint, &form).await?;
        if reply.status != StatusCode::CREATED {
            return Err(failure(reply.text("error"), &reply));
        }
        let pushed = reply.text("request_uri");
        let pushed = pushed.ok_or(StepUpError::Unusable("the pushed request has no name"))?;
        let only = [("client_id", self.client.client_id.as_str()), ("request_uri", pushed)];
        address.query_pairs_mut().extend_pairs(only);
        Ok(address)
    }

    /// The code of an answer to this very request, of this very server (RFC 9207).
    fn code<'a>(
        &self,
        metadata: &Metadata,
        answer: &'a Parameters,
    ) -> Result<&'a str, StepUpError> {
        match answer.get("iss") {
            Some(iss) if *iss == self.client.issuer => {}
            None if !metadata.says_iss => {}
            _ => return Err(StepUpError::Unusable("the answer is another issuer's")),
        }
        match (answer.get("error"), answer.get("code")) {
            (Some(error), _) => Err(of_code(error)),
            (None, Some(code)) => Ok(code),
            (None, None) => Err(StepUpError::Unusable("the answer has no code")),
        }
    }
}

impl Stepper for OAuthStepper {
    fn step_up<'a>(&'a self, asked: &'a Asked) -> BoxFuture<'a, Result<SteppedUp, StepUpError>> {
        Box::pin(self.log_in(asked))
    }
}

impl fmt::Debug for OAuthStepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthStepper").field("client", &self.client).finish_non_exhaustive()
    }
}
