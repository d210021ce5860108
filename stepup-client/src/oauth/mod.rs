//! Any OpenID Provider or OAuth authorization server (RFC 9470 §4).

mod code;
mod device;
mod id_token;
mod loopback;
mod metadata;
mod pkce;
mod tokens;

use std::fmt;

use reqwest::Client;
use tokio::sync::OnceCell;
use zeroize::Zeroizing;

pub use self::code::OAuthStepper;
pub use self::device::{DeviceStepper, UserCode};
use self::metadata::Metadata;
use crate::error::BuildError;
use crate::origin::trusted;
use crate::remote;
use crate::stepper::Asked;

/// This program as its authorization server knows it.
///
/// ```
/// use stepup_client::{BuildError, OAuthClient};
///
/// fn at_our_provider() -> Result<OAuthClient, BuildError> {
///     let client = OAuthClient::new("https://login.example", "desktop")?;
///     Ok(client.scope("openid accounts").resource("https://api.example"))
/// }
/// ```
pub struct OAuthClient {
    issuer: String,
    client_id: String,
    secret: Option<Zeroizing<String>>,
    scope: Vec<String>,
    resource: Option<String>,
    subject: Option<String>,
    http: Client,
    metadata: OnceCell<Metadata>,
}

impl OAuthClient {
    /// A client without a secret, at this issuer. Its metadata is fetched when it is first needed.
    ///
    /// # Errors
    ///
    /// An issuer that is neither https nor on this machine.
    ///
    /// ```
    /// use stepup_client::OAuthClient;
    /// assert!(OAuthClient::new("https://login.example", "desktop").is_ok());
    /// assert!(OAuthClient::new("http://login.example", "desktop").is_err());
    /// ```
    pub fn new(issuer: &str, client_id: impl Into<String>) -> Result<Self, BuildError> {
        let http = remote::client(&trusted(issuer)?)?;
        Ok(Self {
            issuer: issuer.to_owned(),
            client_id: client_id.into(),
            secret: None,
            scope: Vec::new(),
            resource: None,
            subject: None,
            http,
            metadata: OnceCell::new(),
        })
    }

    /// Its secret, sent as `client_secret_basic`. A program that is given to users has none.
    ///
    /// ```
    /// use stepup_client::OAuthClient;
    /// fn with_secret(client: OAuthClient, secret: String) -> OAuthClient {
    ///     client.secret(secret)
    /// }
    /// ```
    #[must_use]
    pub fn secret(self, secret: impl Into<String>) -> Self {
        Self { secret: Some(Zeroizing::new(secret.into())), ..self }
    }

    /// The scopes to ask for, with spaces between them; what a challenge names is added.
    ///
    /// ```
    /// use stepup_client::OAuthClient;
    /// fn as_at_login(client: OAuthClient) -> OAuthClient {
    ///     client.scope("openid accounts")
    /// }
    /// ```
    #[must_use]
    pub fn scope(self, scope: &str) -> Self {
        Self { scope: scope.split_whitespace().map(str::to_owned).collect(), ..self }
    }

    /// The API that tokens are for, where the server has to be told (RFC 8707).
    ///
    /// ```
    /// use stepup_client::OAuthClient;
    /// fn for_our_api(client: OAuthClient) -> OAuthClient {
    ///     client.resource("https://api.example")
    /// }
    /// ```
    #[must_use]
    pub fn resource(self, resource: impl Into<String>) -> Self {
        Self { resource: Some(resource.into()), ..self }
    }

    /// The user who is logged in, by the `sub` of their ID token: the step-up of anybody else is
    /// refused. It takes the scope `openid`.
    ///
    /// ```
    /// use stepup_client::OAuthClient;
    /// fn of(client: OAuthClient, sub: &str) -> OAuthClient {
    ///     client.scope("openid").subject(sub)
    /// }
    /// ```
    #[must_use]
    pub fn subject(self, subject: impl Into<String>) -> Self {
        Self { subject: Some(subject.into()), ..self }
    }

    /// What an authorization request asks for, whichever the grant (RFC 9470 §4).
    fn wanted(&self, asked: &Asked) -> Vec<(&'static str, String)> {
        let challenge = asked.challenge();
        let mut scope = self.scope.clone();
        scope.extend(challenge.scope().iter().filter(|one| !self.scope.contains(one)).cloned());
        // Entra's contexts are in its claims.
        let levels = if challenge.claims().is_none() { challenge.acr_values() } else { &[] };
        let mut wanted = vec![("client_id", self.client_id.clone())];
        let optional = [
            ("scope", Some(scope.join(" ")).filter(|scope| !scope.is_empty())),
            ("acr_values", Some(levels.join(" ")).filter(|levels| !levels.is_empty())),
            ("max_age", challenge.max_age().map(|seconds| seconds.to_string())),
            ("claims", challenge.claims().map(str::to_owned)),
            ("resource", self.resource.clone()),
        ];
        wanted.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value?))));
        wanted
    }

    fn is_openid(&self) -> bool {
        self.scope.iter().any(|scope| scope == "openid")
    }
}

impl fmt::Debug for OAuthClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthClient")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}
