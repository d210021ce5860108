//! What is known of the provider: its metadata and its keys, fetched when they are first needed.

use std::sync::Arc;

use serde::Deserialize;
use tokio::time::Instant;
use url::Url;

use super::cached::Cached;
use super::keys::Keys;
use crate::factor::provider::http::{ProviderClient, Reply, Unreached, provider_url};

/// Where the provider is asked (OpenID Connect Discovery 1.0 §3, RFC 9126 §5, RFC 9207 §3).
pub(in super::super) struct Metadata {
    pub(super) authorization: Url,
    pub(super) token: Url,
    pub(super) pushed: Option<Url>,
    /// It says who it is in every answer.
    pub(super) names_itself: bool,
    keys: Url,
}

/// Why it is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Unknown {
    Unreached(Unreached),
    Status(u16),
    /// Its metadata are another issuer's, or incomplete.
    Metadata,
    Keys,
}

impl Unknown {
    /// For a log.
    pub(in super::super) fn reason(self) -> String {
        match self {
            Self::Unreached(why) => why.reason().to_owned(),
            Self::Status(status) => format!("the provider answers {status}"),
            Self::Metadata => {
                "the provider's metadata are another issuer's, or incomplete, or name addresses \
                 that are not https"
                    .to_owned()
            }
            Self::Keys => "the provider has no keys that are usable".to_owned(),
        }
    }
}

pub(in super::super) struct Known {
    issuer: String,
    /// Whether the provider is on this machine, without TLS.
    is_plain: bool,
    metadata: Cached<Metadata>,
    keys: Cached<Keys>,
}

impl Known {
    pub(in super::super) fn new(issuer: String, is_plain: bool) -> Self {
        Self { issuer, is_plain, metadata: Cached::default(), keys: Cached::default() }
    }

    pub(in super::super) async fn metadata(
        &self,
        client: &ProviderClient,
        deadline: Instant,
    ) -> Result<Arc<Metadata>, Unknown> {
        self.metadata.get(deadline, |_| true, self.fetch_metadata(client, deadline)).await
    }

    /// The provider's keys; where one is needed that is not among those at hand, newer ones.
    pub(in super::super) async fn keys(
        &self,
        client: &ProviderClient,
        metadata: &Metadata,
        deadline: Instant,
        is_there: impl Fn(&Keys) -> bool + Send,
    ) -> Result<Arc<Keys>, Unknown> {
        self.keys.get(deadline, is_there, fetch_keys(client, metadata, deadline)).await
    }

    async fn fetch_metadata(
        &self,
        client: &ProviderClient,
        deadline: Instant,
    ) -> Result<Metadata, Unknown> {
        #[derive(Deserialize)]
        struct Document {
            issuer: String,
            authorization_endpoint: String,
            token_endpoint: String,
            jwks_uri: String,
            pushed_authorization_request_endpoint: Option<String>,
            #[serde(default)]
            authorization_response_iss_parameter_supported: bool,
        }
        let place = format!(
            "{}/.well-known/openid-configuration",
            self.issuer.strip_suffix('/').unwrap_or(&self.issuer)
        );
        let place = Url::parse(&place).map_err(|_| Unknown::Metadata)?;
        let reply = read(client, place, deadline).await?;
        let document: Document = reply.json().ok_or(Unknown::Metadata)?;
        // To the letter, or another issuer could speak for it (Discovery §4.3).
        if document.issuer != self.issuer {
            return Err(Unknown::Metadata);
        }
        let endpoint = |text: &str| self.endpoint(text).ok_or(Unknown::Metadata);
        let pushed = document.pushed_authorization_request_endpoint;
        Ok(Metadata {
            authorization: endpoint(&document.authorization_endpoint)?,
            token: endpoint(&document.token_endpoint)?,
            keys: endpoint(&document.jwks_uri)?,
            pushed: pushed.as_deref().map(endpoint).transpose()?,
            names_itself: document.authorization_response_iss_parameter_supported,
        })
    }

    /// An address, which may have a query of its own (RFC 6749 §3.1). Without TLS it is one of a
    /// provider on this machine.
    fn endpoint(&self, text: &str) -> Option<Url> {
        let (place, query) = text.split_once('?').map_or((text, None), |(a, b)| (a, Some(b)));
        let mut url = provider_url(place)?;
        url.set_query(query);
        (url.scheme() == "https" || self.is_plain).then_some(url)
    }
}

async fn fetch_keys(
    client: &ProviderClient,
    metadata: &Metadata,
    deadline: Instant,
) -> Result<Keys, Unknown> {
    let reply = read(client, metadata.keys.clone(), deadline).await?;
    Keys::read(reply.body()).ok_or(Unknown::Keys)
}

async fn read(client: &ProviderClient, url: Url, deadline: Instant) -> Result<Reply, Unknown> {
    let reply = client.get(url).by(deadline).send().await.map_err(Unknown::Unreached)?;
    if reply.status == 200 { Ok(reply) } else { Err(Unknown::Status(reply.status)) }
}
