//! An API that answers as a test tells it to, and remembers what it was sent.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http_body_util::BodyExt as _;
use stepup_client::BoxFuture;
use stepup_tests::Served;
use tokio::sync::watch;

/// A request as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    /// The token, if there was one.
    pub(crate) token: Option<String>,
    pub(crate) headers: String,
    pub(crate) body: String,
}

pub(crate) struct Double {
    served: Served,
    state: Arc<Answering>,
}

type Answer = dyn Fn(&Seen) -> BoxFuture<'static, Response> + Send + Sync;

struct Answering {
    seen: Mutex<Vec<Seen>>,
    count: watch::Sender<usize>,
    answer: Box<Answer>,
}

impl Double {
    pub(crate) fn start(answer: impl Fn(&Seen) -> Response + Send + Sync + 'static) -> Self {
        Self::start_slowly(move |seen| Box::pin(std::future::ready(answer(seen))))
    }

    pub(crate) fn start_slowly(
        answer: impl Fn(&Seen) -> BoxFuture<'static, Response> + Send + Sync + 'static,
    ) -> Self {
        let state = Arc::new(Answering {
            seen: Mutex::default(),
            count: watch::Sender::default(),
            answer: Box::new(answer),
        });
        let router = Router::new().fallback(serve).with_state(state.clone());
        Self { served: Served::axum(router), state }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.served.address())
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.state.seen.lock().unwrap().clone()
    }

    /// The tokens that came, in order.
    pub(crate) fn tokens(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.token.unwrap_or_default()).collect()
    }

    /// How many requests came with this token.
    pub(crate) fn count(&self, token: &str) -> usize {
        self.tokens().iter().filter(|sent| *sent == token).count()
    }

    /// Tells when so many requests have come.
    pub(crate) fn counter(&self) -> watch::Receiver<usize> {
        self.state.count.subscribe()
    }
}

async fn serve(State(state): State<Arc<Answering>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let token = parts.headers.get("authorization").map(|value| {
        let (_, token) = value.to_str().unwrap().split_once(' ').unwrap();
        token.to_owned()
    });
    let seen = Seen {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        token,
        headers: format!("{:?}", parts.headers),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    state.seen.lock().unwrap().push(seen.clone());
    state.count.send_modify(|count| *count += 1);
    (state.answer)(&seen).await
}

/// The handler ran.
pub(crate) fn done() -> Response {
    Response::new(Body::from("done"))
}

/// A 401 with this `WWW-Authenticate`.
pub(crate) fn refused(line: &str) -> Response {
    let detail = r#"{"detail":"Confirm the transfer."}"#;
    let response = Response::builder().status(401).header("www-authenticate", line);
    response.header("content-type", "application/problem+json").body(Body::from(detail)).unwrap()
}

/// A 401 that asks for this.
pub(crate) fn asks(parameters: &str) -> Response {
    refused(&format!(r#"Bearer error="insufficient_user_authentication", {parameters}"#))
}

pub(crate) const MFA: &str = r#"acr_values="mfa phr", max_age=300"#;
pub(crate) const PHR: &str = r#"acr_values="phr", max_age=300"#;

/// An API whose tokens are `base`, and the levels that they reach with anything behind a hyphen.
/// `/mfa…` wants `mfa` or `phr`, `/phr…` wants `phr`; anything goes elsewhere.
pub(crate) fn levels(seen: &Seen) -> Response {
    let token = seen.token.as_deref().unwrap_or_default();
    let (is_phr, is_mfa) = (token.starts_with("phr"), token.starts_with("mfa"));
    match seen.path.as_str() {
        path if path.starts_with("/phr") && !is_phr => asks(PHR),
        path if path.starts_with("/mfa") && !is_mfa && !is_phr => asks(MFA),
        _ => done(),
    }
}
