//! A tenant of Auth0, and the service as one of its applications.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use stepup_core::{Algorithm, Timestamp};
use tokio::time::Instant;
use url::Url;
use zeroize::Zeroizing;

use super::outcome::{Reason, TROUBLE, at_challenge};
use super::sort::Sort;
use crate::StartError;
use crate::factor::provider::http::{PATIENCE, ProviderClient, Reply, base_url, below};
use crate::factor::provider::oidc::id_token::{Expected, IdToken};
use crate::factor::provider::oidc::known::Known;
use crate::factor::{Checked, DeliveryError};

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
pub struct Auth0Tenant(Arc<Tenant>);

struct Tenant {
    base: Url,
    issuer: String,
    client_id: String,
    secret: Zeroizing<String>,
    http: ProviderClient,
    known: Known,
}

/// What is read of an answer with tokens; they are dropped, and a refresh token is revoked.
#[derive(Deserialize)]
struct Tokens<'a> {
    #[serde(borrow)]
    error: Option<Cow<'a, str>>,
    #[serde(borrow)]
    access_token: Cow<'a, str>,
    #[serde(borrow)]
    id_token: Option<Cow<'a, str>>,
    #[serde(borrow)]
    refresh_token: Option<Cow<'a, str>>,
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
        #[derive(Deserialize)]
        struct Made {
            oob_code: String,
            binding_method: Option<String>,
        }
        let body = json!({
            "client_id": self.0.client_id,
            "client_secret": *self.0.secret,
            "mfa_token": mfa_token,
            "challenge_type": "oob",
            "authenticator_id": authenticator,
        });
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

    /// Whether Auth0 takes the answer, and it is this user's.
    pub(super) async fn verify(
        &self,
        answer: &[(&str, &str)],
        user_id: &str,
        reason: Reason,
        now: Timestamp,
    ) -> Option<Checked> {
        let deadline = Instant::now() + PATIENCE;
        let down = || Some(Checked::Unavailable(now.plus(Duration::from_secs(TROUBLE))));
        let mut form = vec![("client_id", self.0.client_id.as_str())];
        form.push(("client_secret", &self.0.secret));
        form.extend_from_slice(answer);
        let call = self.0.http.post(below(&self.0.base, &["oauth", "token"])).by(deadline);
        let reply = match call.form(&form).send().await {
            Ok(reply) => reply,
            Err(why) => {
                tracing::warn!(why = why.reason(), "an answer for Auth0 could not be checked");
                return down();
            }
        };
        let tokens: Option<Tokens<'_>> = serde_json::from_slice(reply.body()).ok();
        // Tokens with status 200, and nothing else that could be taken for them.
        let tokens = tokens.filter(|tokens| reply.status == 200 && tokens.error.is_none());
        let Some(tokens) = tokens else { return Some(reason.outcome(&reply, now)) };
        if let Some(refresh_token) = &tokens.refresh_token {
            self.revoke(refresh_token, deadline).await;
        }
        match self.subject(&tokens, now, deadline).await {
            Some(subject) if subject == user_id => None,
            // Whoever has an account there has a token to answer with.
            Some(_) => {
                tracing::warn!("an answer at Auth0 is another user's");
                Some(Checked::Wrong)
            }
            None => {
                tracing::error!(
                    "Auth0 does not say whose answer it took: ask for the scope `openid` where the \
                     `mfa_token` is made"
                );
                down()
            }
        }
    }

    /// Whose tokens they are.
    async fn subject(
        &self,
        tokens: &Tokens<'_>,
        now: Timestamp,
        deadline: Instant,
    ) -> Option<String> {
        let Tenant { http, known, issuer, client_id, .. } = &*self.0;
        let Some(id_token) = &tokens.id_token else {
            return self.user_info(&tokens.access_token, deadline).await;
        };
        let token = IdToken::read(id_token, Algorithm::Rs256).ok()?;
        let metadata = known.metadata(http, deadline).await.ok()?;
        let keys = known.keys(http, &metadata, deadline, |keys| token.has_key(keys)).await.ok()?;
        let access_token = Some(&*tokens.access_token);
        let expected =
            Expected { issuer, client_id, nonce: None, asked_at: now, now, access_token };
        token.verify(&keys, &expected).ok().map(|login| login.subject)
    }

    /// OpenID Connect Core 1.0 §5.3, where the `mfa_token` was made without `openid`.
    async fn user_info(&self, access_token: &str, deadline: Instant) -> Option<String> {
        #[derive(Deserialize)]
        struct Info {
            sub: String,
        }
        let bearer = Zeroizing::new(format!("Bearer {access_token}"));
        let call = self.0.http.get(below(&self.0.base, &["userinfo"])).by(deadline);
        let reply: Reply = call.header("authorization", &bearer).send().await.ok()?;
        let info: Info = (reply.status == 200).then(|| reply.json()).flatten()?;
        Some(info.sub)
    }

    /// Nobody here has a use for it. Whether it works changes nothing.
    async fn revoke(&self, refresh_token: &str, deadline: Instant) {
        let form = [
            ("client_id", self.0.client_id.as_str()),
            ("client_secret", &self.0.secret),
            ("token", refresh_token),
        ];
        let call = self.0.http.post(below(&self.0.base, &["oauth", "revoke"])).by(deadline);
        if call.form(&form).send().await.is_ok_and(|reply| reply.is_success()) {
            return;
        }
        tracing::warn!("a refresh token that Auth0 gave could not be revoked");
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
