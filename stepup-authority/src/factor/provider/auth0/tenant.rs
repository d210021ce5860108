//! A tenant of Auth0, and the service as one of its applications.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::Instant;
use url::Url;
use zeroize::Zeroizing;

use super::outcome::at_challenge;
use super::sort::Sort;
use crate::StartError;
use crate::factor::DeliveryError;
use crate::factor::provider::http::{ProviderClient, base_url, below};
use crate::factor::provider::oidc::known::Known;

/// A tenant of Auth0, and the application there that the service is. It needs the grant type *MFA*
/// (Dashboard: Applications, Advanced, Grant Types). A clone is the same.
///
/// ```
/// use stepup_authority::factor::Auth0Tenant;
///
/// fn tenant(secret: String) -> Result<Auth0Tenant, stepup_authority::StartError> {
///     Auth0Tenant::new("https://bank.eu.auth0.com", "client", secret)
/// }
/// ```
#[derive(Clone)]
pub struct Auth0Tenant(pub(super) Arc<Tenant>);

pub(super) struct Tenant {
    pub(super) base: Url,
    pub(super) issuer: String,
    pub(super) client_id: String,
    pub(super) secret: Zeroizing<String>,
    pub(super) http: ProviderClient,
    pub(super) known: Known,
}

/// What a challenge gave.
pub(super) struct Challenge {
    pub(super) oob_code: Zeroizing<String>,
    /// Whether a code comes to the user, which has to be typed in.
    pub(super) binds: bool,
}

impl Auth0Tenant {
    /// At this domain (`https://TENANT.REGION.auth0.com`, or one's own), as this application.
    ///
    /// # Errors
    ///
    /// A URL that is not https or has a path (plain http is for the loopback alone), no client id,
    /// no secret, or a system without certificate authorities.
    ///
    /// ```
    /// use stepup_authority::factor::Auth0Tenant;
    /// let error = Auth0Tenant::new("http://bank.auth0.com", "client", "secret").unwrap_err();
    /// assert!(error.to_string().starts_with("the provider's URL cannot be used"));
    /// ```
    pub fn new(
        url: &str,
        client_id: impl Into<String>,
        secret: impl Into<String>,
    ) -> Result<Self, StartError> {
        let base = base_url(url, "https://bank.eu.auth0.com")?;
        let (client_id, secret) = (client_id.into(), Zeroizing::new(secret.into()));
        if client_id.is_empty() || secret.is_empty() {
            return Err(StartError::new(
                "the application at Auth0 has no client id, or no secret: give both, as the \
                 dashboard shows them",
            ));
        }
        // With the slash at its end, as Auth0 has it.
        let issuer = base.as_str().to_owned();
        let known = Known::new(issuer.clone(), base.scheme() == "http");
        let http = ProviderClient::new()?;
        Ok(Self(Arc::new(Tenant { base, issuer, client_id, secret, http, known })))
    }

    /// The user's authenticator of this sort. `None`: they have none that is active.
    pub(super) async fn authenticator(
        &self,
        mfa_token: &str,
        sort: Sort,
        deadline: Instant,
    ) -> Result<Option<String>, DeliveryError> {
        #[derive(Deserialize)]
        struct Authenticator {
            id: String,
            authenticator_type: String,
            #[serde(default)]
            active: bool,
            /// The reference has the other name, and tenants answer with this one.
            #[serde(alias = "oob_channels")]
            oob_channel: Option<Value>,
        }
        let bearer = Zeroizing::new(format!("Bearer {mfa_token}"));
        let url = below(&self.0.base, &["mfa", "authenticators"]);
        let call = self.0.http.get(url).header("authorization", &bearer).by(deadline);
        let reply = call.send().await.map_err(|why| DeliveryError::new(why.reason()))?;
        if reply.status != 200 {
            return Err(at_challenge(&reply));
        }
        let listed: Option<Vec<Authenticator>> = reply.json();
        let listed = listed.ok_or_else(|| DeliveryError::new("a list that is not understood"))?;
        let is_it = |one: &&Authenticator| {
            let channel = match &one.oob_channel {
                Some(Value::Array(channels)) => channels.first().and_then(Value::as_str),
                Some(channel) => channel.as_str(),
                None => None,
            };
            one.active && sort.is(&one.authenticator_type, channel)
        };
        Ok(listed.iter().find(is_it).map(|one| one.id.clone()))
    }

    /// Has Auth0 ask the user.
    pub(super) async fn challenge(
        &self,
        mfa_token: &str,
        authenticator: &str,
        deadline: Instant,
    ) -> Result<Challenge, DeliveryError> {
        #[derive(Serialize)]
        struct Challenging<'a> {
            client_id: &'a str,
            client_secret: &'a str,
            mfa_token: &'a str,
            challenge_type: &'a str,
            authenticator_id: &'a str,
        }
        #[derive(Deserialize)]
        struct Made {
            oob_code: String,
            binding_method: Option<String>,
        }
        let body = Challenging {
            client_id: &self.0.client_id,
            client_secret: &self.0.secret,
            mfa_token,
            challenge_type: "oob",
            authenticator_id: authenticator,
        };
        let call = self.0.http.post(below(&self.0.base, &["mfa", "challenge"])).by(deadline);
        let reply = call.json(&body).send().await;
        let reply = reply.map_err(|why| DeliveryError::new(why.reason()))?;
        if reply.status != 200 {
            return Err(at_challenge(&reply));
        }
        let made: Option<Made> = reply.json();
        let made = made.filter(|made| !made.oob_code.is_empty() && made.oob_code.len() <= 8192);
        let made = made.ok_or_else(|| DeliveryError::new("an answer that is not understood"))?;
        let binds = made.binding_method.as_deref() == Some("prompt");
        Ok(Challenge { oob_code: Zeroizing::new(made.oob_code), binds })
    }
}

/// Which one.
impl fmt::Debug for Auth0Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth0Tenant")
            .field("issuer", &self.0.issuer)
            .field("client_id", &self.0.client_id)
            .finish_non_exhaustive()
    }
}
