//! What is known of the provider: its metadata and its keys, fetched when they are first needed.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

use super::keys::Keys;
use crate::factor::provider::http::{ProviderClient, Reply, Unreached, provider_url};

/// How long it is gone by without a look.
const FRESH: Duration = Duration::from_secs(60 * 60);

/// How long it is gone by that cannot be fetched again.
const USABLE: Duration = Duration::from_secs(2 * 60 * 60);

/// For a key that is not known, keys are fetched no more often.
const PAUSE: Duration = Duration::from_secs(30);

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
    metadata: Mutex<Option<Fetched<Metadata>>>,
    keys: Mutex<KeysAtHand>,
}

#[derive(Default)]
struct KeysAtHand {
    fetched: Option<Fetched<Keys>>,
    /// When they were last fetched for a key that was not among them.
    sought_at: Option<Instant>,
}

struct Fetched<T> {
    at: Instant,
    value: Arc<T>,
}

impl<T> Fetched<T> {
    fn now(value: T) -> Self {
        Self { at: Instant::now(), value: Arc::new(value) }
    }

    fn within(&self, span: Duration) -> Option<Arc<T>> {
        (self.at.elapsed() < span).then(|| self.value.clone())
    }
}

impl Known {
    pub(in super::super) fn new(issuer: String, is_plain: bool) -> Self {
        Self { issuer, is_plain, metadata: Mutex::default(), keys: Mutex::default() }
    }

    /// One fetches, and who else needs it meanwhile waits for that.
    pub(in super::super) async fn metadata(
        &self,
        client: &ProviderClient,
        deadline: Instant,
    ) -> Result<Arc<Metadata>, Unknown> {
        let mut kept = self.metadata.lock().await;
        if let Some(metadata) = kept.as_ref().and_then(|kept| kept.within(FRESH)) {
            return Ok(metadata);
        }
        match self.fetch_metadata(client, deadline).await {
            Ok(metadata) => Ok(kept.insert(Fetched::now(metadata)).value.clone()),
            Err(why) => kept.as_ref().and_then(|kept| kept.within(USABLE)).ok_or(why),
        }
    }

    /// The provider's keys; where one is needed that is not among those at hand, newer ones.
    pub(in super::super) async fn keys(
        &self,
        client: &ProviderClient,
        metadata: &Metadata,
        deadline: Instant,
        is_there: impl Fn(&Keys) -> bool + Send,
    ) -> Result<Arc<Keys>, Unknown> {
        let mut kept = self.keys.lock().await;
        let at_hand = |kept: &KeysAtHand, span| kept.fetched.as_ref()?.within(span);
        if let Some(keys) = at_hand(&kept, FRESH) {
            let is_sought = kept.sought_at.is_some_and(|at| at.elapsed() < PAUSE);
            if is_there(&keys) || is_sought {
                return Ok(keys);
            }
            kept.sought_at = Some(Instant::now());
        }
        match fetch_keys(client, metadata, deadline).await {
            Ok(keys) => Ok(kept.fetched.insert(Fetched::now(keys)).value.clone()),
            Err(why) => at_hand(&kept, USABLE).ok_or(why),
        }
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
