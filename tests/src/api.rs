//! One request against one framework, in process.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body as AxumBody;
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use poem::endpoint::{BoxEndpoint, EndpointExt};
use stepup_authority::Authority;
use stepup_core::Gate;
use tower::ServiceExt;

use crate::{axum_api, poem_api};

/// The frameworks that every behaviour is shown in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framework {
    Axum,
    Poem,
}

impl Framework {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Axum, Self::Poem];
}

/// How often handlers ran.
#[derive(Clone, Default)]
pub(crate) struct Ran(Arc<AtomicUsize>);

impl Ran {
    pub(crate) fn mark(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// A request's body.
#[derive(Clone)]
pub enum Payload {
    Bytes(Vec<u8>),
    /// Never comes to an end. Counts the pieces that were asked for.
    Endless(Arc<AtomicUsize>),
}

impl Payload {
    /// No body.
    pub const NONE: Self = Self::Bytes(Vec::new());
}

/// The small API of the tests, in one framework.
pub struct Api {
    pub(crate) inner: Inner,
    pub(crate) ran: Ran,
}

pub(crate) enum Inner {
    Axum(axum::Router),
    Poem(Arc<BoxEndpoint<'static>>),
}

/// What came back, and how many handlers ran for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
    pub ran: usize,
}

impl Answer {
    /// The `WWW-Authenticate` line, or nothing.
    pub fn challenge(&self) -> &str {
        let line = self.headers.get("www-authenticate");
        line.map_or("", |line| line.to_str().expect("a challenge is ASCII"))
    }

    /// What its challenge demands, as a client repeats it.
    pub fn demanded(&self) -> serde_json::Value {
        let challenges = stepup_core::read_challenges(self.challenge()).expect("it can be read");
        let [challenge] = challenges.as_slice() else { panic!("not one: {challenges:?}") };
        assert_eq!(challenge.param("error"), Some("insufficient_user_authentication"));
        let seconds = |text: &str| text.parse::<u64>().expect("a number");
        let max_age = challenge.param("max_age").map(seconds);
        serde_json::json!({ "acr_values": challenge.param("acr_values"), "max_age": max_age })
    }

    /// The body as JSON; `null` if it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

impl Api {
    /// The API of the tests behind this gate.
    pub fn new(framework: Framework, gate: &Gate) -> Self {
        Self::with(framework, gate, None)
    }

    /// The API of the tests, and an authority beside it.
    pub fn with_authority(framework: Framework, gate: &Gate, authority: &Authority) -> Self {
        Self::with(framework, gate, Some(authority))
    }

    fn with(framework: Framework, gate: &Gate, authority: Option<&Authority>) -> Self {
        let ran = Ran::default();
        let gate = gate.clone();
        let inner = match framework {
            Framework::Axum => Inner::Axum(axum_api::router(gate, ran.clone(), authority)),
            Framework::Poem => {
                Inner::Poem(Arc::new(poem_api::route(gate, ran.clone(), authority).boxed()))
            }
        };
        Self { inner, ran }
    }

    /// A `POST` with these `Authorization` lines and no body.
    pub async fn post(&self, path: &str, authorization: &[&str]) -> Answer {
        let mut request = Request::post(path);
        for line in authorization {
            request = request.header("authorization", *line);
        }
        self.call(request.body(Payload::NONE).expect("a request")).await
    }

    /// A `POST` with this bearer token.
    pub async fn post_with(&self, path: &str, token: &str) -> Answer {
        self.post(path, &[&format!("Bearer {token}")]).await
    }

    /// Any request.
    pub async fn call(&self, request: Request<Payload>) -> Answer {
        let before = self.ran.count();
        let (parts, payload) = request.into_parts();
        let (status, headers, body) = match &self.inner {
            Inner::Axum(router) => {
                let body = match payload {
                    Payload::Bytes(bytes) => AxumBody::from(bytes),
                    Payload::Endless(asked) => AxumBody::from_stream(endless::<Infallible>(asked)),
                };
                let request = Request::from_parts(parts, body);
                let response = router.clone().oneshot(request).await.expect("infallible");
                let (parts, body) = response.into_parts();
                (parts.status, parts.headers, body.collect().await.expect("a body").to_bytes())
            }
            Inner::Poem(endpoint) => {
                let body = match payload {
                    Payload::Bytes(bytes) => poem::Body::from(bytes),
                    Payload::Endless(asked) => {
                        poem::Body::from_bytes_stream(endless::<std::io::Error>(asked))
                    }
                };
                let mut request =
                    poem::Request::builder().method(parts.method).uri(parts.uri).body(body);
                *request.headers_mut() = parts.headers;
                let response = poem::Endpoint::get_response(endpoint, request).await;
                let (parts, body) = response.into_parts();
                (parts.status, parts.headers, body.into_bytes().await.expect("a body"))
            }
        };
        let mut headers = headers;
        // axum says the length before the server does, poem leaves it to the server.
        if let Some(length) = headers.remove("content-length") {
            let whole = length.as_bytes() == body.len().to_string().as_bytes();
            assert!(whole || body.is_empty(), "{length:?} bytes for {body:?}");
        }
        let ran = self.ran.count() - before;
        Answer { status, headers, body, ran }
    }
}

fn endless<E: Send + 'static>(
    asked: Arc<AtomicUsize>,
) -> impl futures_util::Stream<Item = Result<Bytes, E>> + Send + 'static {
    stream::poll_fn(move |_| {
        asked.fetch_add(1, Ordering::SeqCst);
        std::task::Poll::Pending
    })
}
