//! One bounded request to an issuer.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Url};

use super::network::{Network, Resolver};
use crate::resource::keys::KeyError;

/// A client for one issuer: no redirects, no proxies, no addresses that are not permitted.
#[derive(Clone, Debug)]
pub(crate) struct HttpClient {
    client: reqwest::Client,
    network: Network,
}

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const TIMEOUT: Duration = Duration::from_secs(3);

impl HttpClient {
    pub(crate) fn new(network: Network) -> Result<Self, FetchError> {
        // A kept connection would belong to the runtime that opened it, which may be gone.
        Self::build(network, 0)
    }

    /// One that keeps connections, for requests that follow each other closely.
    #[cfg(feature = "introspection")]
    pub(crate) fn keeping_connections(network: Network) -> Result<Self, FetchError> {
        Self::build(network, 16)
    }

    fn build(network: Network, idle: usize) -> Result<Self, FetchError> {
        let client = reqwest::Client::builder()
            .user_agent(concat!("stepup/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .pool_max_idle_per_host(idle)
            .dns_resolver(std::sync::Arc::new(Resolver(network)))
            .build()
            .map_err(|error| FetchError::NoRoots(root_cause(&error)))?;
        Ok(Self { client, network })
    }

    pub(crate) fn url(&self, text: &str) -> Result<Url, FetchError> {
        let url = Url::parse(text).map_err(|_| FetchError::Address("it is no URL"))?;
        self.network.permits(&url).map_err(FetchError::Address)?;
        Ok(url)
    }

    /// Reads a document of at most so many bytes.
    pub(crate) async fn get(&self, url: Url, most: usize) -> Result<Vec<u8>, FetchError> {
        self.network.permits(&url).map_err(FetchError::Address)?;
        let request = self.client.get(url).header("accept", "application/json");
        read(request, most).await
    }

    /// Sends a form, and reads the answer.
    #[cfg(feature = "introspection")]
    pub(crate) async fn post(
        &self,
        url: Url,
        form: String,
        authorization: Option<&reqwest::header::HeaderValue>,
        most: usize,
    ) -> Result<Vec<u8>, FetchError> {
        self.network.permits(&url).map_err(FetchError::Address)?;
        let mut request = self
            .client
            .post(url)
            .header("accept", "application/json")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        read(request, most).await
    }
}

async fn read(request: RequestBuilder, most: usize) -> Result<Vec<u8>, FetchError> {
    let failed = |error: reqwest::Error| {
        if error.is_timeout() {
            FetchError::TimedOut
        } else {
            FetchError::Failed(root_cause(&error))
        }
    };
    let mut response = request.send().await.map_err(failed)?;
    let status = response.status();
    if status.is_redirection() {
        return Err(FetchError::Redirect);
    }
    if status != reqwest::StatusCode::OK {
        return Err(FetchError::Status(status.as_u16()));
    }
    if response.content_length().is_some_and(|length| length > most as u64) {
        return Err(FetchError::TooLong(most));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if body.len() + chunk.len() > most {
            return Err(FetchError::TooLong(most));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Why a document could not be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FetchError {
    Address(&'static str),
    /// What was asked for beside the issuer's own address.
    At(String, Box<FetchError>),
    Failed(String),
    Keys(KeyError),
    Malformed(&'static str),
    NoMetadata(u16),
    NoRoots(String),
    Redirect,
    Status(u16),
    TimedOut,
    TooLong(usize),
}

impl FetchError {
    /// Whether it may be otherwise a little later.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Address(_) | Self::Redirect => false,
            Self::At(_, error) => error.may_pass(),
            _ => true,
        }
    }

    /// Says what was asked for.
    pub(crate) fn at(self, what: impl fmt::Display) -> Self {
        Self::At(what.to_string(), Box::new(self))
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(why) => write!(f, "{why}"),
            Self::At(what, error) => write!(f, "{what}: {error}"),
            Self::Failed(why) => write!(f, "the request failed: {why}"),
            Self::Keys(error) => write!(f, "{error}"),
            Self::Malformed(what) => write!(f, "{what}"),
            Self::NoMetadata(status) => write!(
                f,
                "it answered {status} wherever metadata could be \
                 (`/.well-known/openid-configuration`, `/.well-known/oauth-authorization-server`): \
                 is it spelled as the `iss` of its tokens?"
            ),
            // Nothing else about a client can go wrong while it is built.
            Self::NoRoots(why) => write!(
                f,
                "the system has no root certificates ({why}): install them (the package \
                 `ca-certificates`, mostly), or name a file of them in `SSL_CERT_FILE`"
            ),
            Self::Redirect => {
                f.write_str("it answered with a redirect, and none is followed: name the address that it leads to")
            }
            Self::Status(status) => write!(f, "it answered {status}"),
            Self::TimedOut => write!(f, "it did not answer within {} s", TIMEOUT.as_secs()),
            Self::TooLong(most) => write!(f, "its answer is longer than {} KiB", most / 1024),
        }
    }
}

/// The innermost reason, which is the one that tells (`connection refused`, `unknown issuer`).
fn root_cause(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
