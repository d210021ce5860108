//! An issuer's server, on this machine: it publishes what it is given, and fails as it is told.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use http::HeaderMap;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::Issuer;
use crate::conduct::Conduct;
use crate::server::Server;

/// An issuer that can be asked. Its name is its address.
pub struct LoopbackIssuer {
    url: String,
    pages: Arc<Pages>,
    server: Server,
}

struct Pages {
    pages: Mutex<HashMap<String, Page>>,
    /// Of any page's conduct.
    changed: watch::Sender<()>,
    taken: Arc<AtomicUsize>,
}

#[derive(Clone)]
struct Page {
    document: String,
    conduct: Conduct,
    requests: usize,
    last: Option<Asked>,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Default for Page {
    /// What was never put there is not there, and who asks for it is counted all the same.
    fn default() -> Self {
        Self { document: String::new(), conduct: Conduct::Status(404), requests: 0, last: None }
    }
}

impl LoopbackIssuer {
    /// Where its metadata is.
    pub const METADATA: &'static str = "/.well-known/openid-configuration";
    /// Where its keys are.
    pub const KEYS: &'static str = "/keys";
    /// Where it can be asked about a token.
    pub const INTROSPECTION: &'static str = "/introspect";

    /// One that publishes these keys.
    pub fn start(keys: &[&Issuer]) -> Self {
        let pages = Arc::new(Pages {
            pages: Mutex::default(),
            changed: watch::Sender::default(),
            taken: Arc::default(),
        });
        let of_router = pages.clone();
        let mut address = None;
        let server = Server::start(|bound: SocketAddr| {
            address = Some(bound);
            Router::new().fallback(answer).with_state(of_router)
        });
        let url = format!("http://{}", address.expect("it is bound"));
        let issuer = Self { url, pages, server };
        let at = |path| format!("{}{path}", issuer.url);
        issuer.put(
            Self::METADATA,
            &json!({
                "issuer": issuer.url,
                "jwks_uri": at(Self::KEYS),
                "introspection_endpoint": at(Self::INTROSPECTION),
            }),
        );
        issuer.publish(keys);
        issuer
    }

    /// What its tokens carry as `iss`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Publishes these keys and no others.
    pub fn publish(&self, keys: &[&Issuer]) {
        let keys: Vec<_> = keys.iter().map(|key| key.jwk()).collect();
        self.put(Self::KEYS, &json!({ "keys": keys }));
    }

    /// Puts a document at a path. A page that was not there is answered well from now on.
    pub fn put(&self, path: &str, document: &Value) {
        self.put_text(path, &document.to_string());
    }

    /// The same, to the letter.
    pub fn put_text(&self, path: &str, document: &str) {
        self.change(path, |page| {
            if page.document.is_empty() {
                page.conduct = Conduct::Good;
            }
            document.clone_into(&mut page.document);
        });
    }

    /// How a page is answered from now on. Requests that are held are answered so too.
    pub fn answers(&self, path: &str, conduct: Conduct) {
        self.change(path, |page| page.conduct = conduct);
    }

    /// How many requests there were for a path.
    pub fn requests(&self, path: &str) -> usize {
        self.pages.read().get(path).map_or(0, |page| page.requests)
    }

    /// The last request for a path.
    pub fn last(&self, path: &str) -> Option<Asked> {
        self.pages.read().get(path)?.last.clone()
    }

    /// How many requests there were at all.
    pub fn all_requests(&self) -> usize {
        self.pages.read().values().map(|page| page.requests).sum()
    }

    /// How many bytes of huge answers were taken off its hands.
    pub fn taken(&self) -> usize {
        self.pages.taken.load(Ordering::SeqCst)
    }

    /// Goes away. Whoever connects is refused.
    pub fn stop(&self) {
        self.server.stop();
    }

    /// Comes back, at the same address.
    pub fn listen(&self) {
        self.server.listen();
    }

    fn change(&self, path: &str, change: impl FnOnce(&mut Page)) {
        change(self.pages.read().entry(path.to_owned()).or_default());
        self.pages.changed.send_replace(());
    }
}

impl Pages {
    fn read(&self) -> std::sync::MutexGuard<'_, HashMap<String, Page>> {
        self.pages.lock().expect("nothing fails while it is locked")
    }
}

async fn answer(State(pages): State<Arc<Pages>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let asked = Asked {
        method: parts.method.to_string(),
        headers: parts.headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    let mut changed = pages.changed.subscribe();
    {
        let mut pages = pages.read();
        let page = pages.entry(path.clone()).or_default();
        page.requests += 1;
        page.last = Some(asked);
    }
    loop {
        changed.mark_unchanged();
        let page = pages.read().entry(path.clone()).or_default().clone();
        if page.conduct != Conduct::Held {
            return page.conduct.answer(page.document, &pages.taken).await;
        }
        changed.changed().await.expect("the pages are there");
    }
}
