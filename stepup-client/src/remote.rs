//! Requests of steppers: to configured addresses, without redirects, bounded in time and size.

use std::time::Duration;

use http::StatusCode;
use http::header::{HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use serde_json::Value;
use url::Url;

use crate::error::BuildError;
use crate::stepper::StepUpError;

const PATIENCE: Duration = Duration::from_secs(20);
const LONGEST: usize = 256 * 1024;

/// A client of the steppers' own: what others put into theirs (headers, cookies) has no business
/// here. A proxy of the environment's sees nothing but TLS: what is for this machine stays on it.
pub(crate) fn client(address: &Url) -> Result<Client, BuildError> {
    let builder = Client::builder().redirect(Policy::none()).timeout(PATIENCE);
    let builder = if address.scheme() == "https" { builder } else { builder.no_proxy() };
    builder.build().map_err(|_| BuildError::new("TLS", "there are no root certificates to trust"))
}

#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) retry_after: Option<Duration>,
    /// Null where there is no JSON.
    pub(crate) body: Value,
}

impl Reply {
    /// A member that is a string.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.body.get(name)?.as_str()
    }

    /// A member that is a number of seconds.
    pub(crate) fn seconds(&self, name: &str) -> Option<Duration> {
        self.body.get(name)?.as_u64().map(Duration::from_secs)
    }
}

/// What went wrong on the way is the network's, and may be well again later.
pub(crate) async fn send(request: RequestBuilder) -> Result<Reply, StepUpError> {
    // The address may hold what is secret.
    let offline = |error: reqwest::Error| StepUpError::Offline(error.without_url().to_string());
    let mut response = request.send().await.map_err(offline)?;
    let (status, retry_after) = (response.status(), response.headers().get(RETRY_AFTER).cloned());
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(offline)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LONGEST {
            return Err(StepUpError::Unusable("it is longer than 256 KiB"));
        }
    }
    let body = serde_json::from_slice(&bytes).unwrap_or_default();
    Ok(Reply { status, retry_after: retry_after.as_ref().and_then(seconds), body })
}

fn seconds(value: &HeaderValue) -> Option<Duration> {
    value.to_str().ok()?.parse().ok().map(Duration::from_secs)
}
