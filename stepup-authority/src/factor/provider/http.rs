//! Requests to a provider's API.

mod date;
mod reply;

use std::time::Duration;

use bytes::Bytes;
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use serde::Serialize;
use tokio::time::Instant;
use url::Url;
use url::form_urlencoded::Serializer;
use zeroize::Zeroizing;

pub(crate) use self::reply::Reply;
use crate::StartError;
use crate::loopback::is_loopback;

/// How long an exchange may take: less than a factor has, so that it can say what went wrong.
pub(crate) const PATIENCE: Duration = Duration::from_millis(4_500);

/// Asks a provider. It follows no redirect, uses no proxy of the environment, repeats nothing, and
/// needs a Tokio runtime.
pub(crate) struct ProviderClient {
    client: Client,
}

impl ProviderClient {
    /// # Errors
    ///
    /// A system without certificate authorities.
    pub(crate) fn new() -> Result<Self, StartError> {
        let client = Client::builder()
            .user_agent(concat!("stepup/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .build()
            .map_err(|_| {
                StartError::new(
                    "no TLS for requests to a provider: install the system's certificate \
                     authorities (package `ca-certificates`)",
                )
            })?;
        Ok(Self { client })
    }

    pub(crate) fn get(&self, url: Url) -> Call {
        Call::new(self.client.get(url))
    }

    pub(crate) fn delete(&self, url: Url) -> Call {
        Call::new(self.client.delete(url))
    }

    /// With no body, unless one is added.
    pub(crate) fn post(&self, url: Url) -> Call {
        Call::new(self.client.post(url))
    }
}

/// A request on its way. It asks for JSON.
#[must_use]
pub(crate) struct Call {
    request: RequestBuilder,
    deadline: Instant,
}

impl Call {
    fn new(request: RequestBuilder) -> Self {
        let request = request.header("accept", "application/json");
        Self { request, deadline: Instant::now() + PATIENCE }
    }

    /// With a body of these members, as `application/x-www-form-urlencoded`.
    pub(crate) fn form(self, members: &[(&str, &str)]) -> Self {
        let mut form = Serializer::new(String::new());
        let form = form.extend_pairs(members).finish();
        self.body("application/x-www-form-urlencoded", form.into_bytes())
    }

    /// With this body, as `application/json`. What cannot be written as such is sent as nothing.
    pub(crate) fn json(self, body: &impl Serialize) -> Self {
        self.body("application/json", serde_json::to_vec(body).unwrap_or_default())
    }

    /// It has secrets in it, and is gone once it was sent.
    fn body(self, media_type: &str, body: Vec<u8>) -> Self {
        let body = Bytes::from_owner(Zeroizing::new(body));
        let request = self.request.header("content-type", media_type).body(body);
        Self { request, ..self }
    }

    /// By this name and password, as they are: who has to encode them first has done so.
    pub(crate) fn basic(self, name: &str, password: &str) -> Self {
        Self { request: self.request.basic_auth(name, Some(password)), ..self }
    }

    /// In place of one of that name, if there was one. What cannot be a header's value fails the
    /// request before it is sent.
    pub(crate) fn header(self, name: &'static str, value: &str) -> Self {
        let mut headers = http::HeaderMap::new();
        let Ok(mut value) = http::HeaderValue::from_str(value) else {
            return Self { request: self.request.header(name, "\n"), ..self };
        };
        value.set_sensitive(name == "authorization");
        headers.insert(name, value);
        Self { request: self.request.headers(headers), ..self }
    }

    /// Done by this moment: for one of several that share the time of one answer.
    pub(crate) fn by(self, deadline: Instant) -> Self {
        Self { deadline: self.deadline.min(deadline), ..self }
    }

    /// The answer, whatever its status, if it is there in time and not too long.
    pub(crate) async fn send(self) -> Result<Reply, Unreached> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        // The error has the URL in it, and with that names of accounts and users.
        let reply = self.request.timeout(left).send().await.map_err(|error| Unreached::by(&error));
        Reply::read(reply?).await
    }
}

/// There is no answer. Whether the request was heard is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreached {
    /// Nothing, or not all of it, in time.
    InTime,
    /// Nobody there, or nobody to be trusted.
    AtAll,
    /// More than an answer may have.
    WithinBounds,
}

impl Unreached {
    fn by(error: &reqwest::Error) -> Self {
        if error.is_timeout() { Self::InTime } else { Self::AtAll }
    }

    /// For a log: it has nothing of the request in it.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::InTime => "the provider does not answer in time",
            Self::AtAll => "the provider cannot be reached",
            Self::WithinBounds => "the provider's answer is too long",
        }
    }
}

/// A URL of a provider: https, and http to this machine alone; without a name, a password, a query
/// or a fragment. `None` where it is none.
pub(crate) fn provider_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let is_loopback = url.host_str().is_some_and(is_loopback);
    let is_plain = url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback);
    (is_plain && is_safe && url.has_host()).then_some(url)
}

/// The same, without a path either: what the paths of an API are put to.
pub(crate) fn base_url(text: &str, example: &str) -> Result<Url, StartError> {
    provider_url(text).filter(|url| url.path() == "/").ok_or_else(|| {
        StartError::new(format!(
            "the provider's URL cannot be used: give https, a host and no path, such as \
             `{example}`; plain http is for the loopback alone"
        ))
    })
}

/// What lies below a URL, each segment encoded.
pub(crate) fn below(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

mod tests;
