//! An issuer on the loopback interface: its metadata, its keys, and how often they were fetched.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde_json::json;
use tokio::net::TcpListener;

use crate::Failure;

#[derive(Clone)]
pub(crate) struct LoopbackIssuer {
    /// Its name, the `iss` of its tokens.
    pub(crate) url: String,
    shared: Arc<Shared>,
}

struct Shared {
    jwks: Mutex<String>,
    fetches: AtomicUsize,
    delay: Duration,
}

impl LoopbackIssuer {
    /// Answers after this long, as an issuer that is elsewhere does.
    pub(crate) async fn start(delay: Duration) -> Result<Self, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let jwks = Mutex::new(json!({"keys": []}).to_string());
        let shared = Arc::new(Shared { jwks, fetches: AtomicUsize::new(0), delay });
        let issuer = Self { url, shared };
        let app = Router::new()
            .route("/jwks.json", get(jwks_document))
            // Keycloak's issuers have a path, and `axum-keycloak-auth` asks below it.
            .route("/{*path}", get(metadata))
            .with_state(issuer.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok(issuer)
    }

    pub(crate) fn publish(&self, keys: &[serde_json::Value]) {
        *self.shared.jwks.lock().unwrap_or_else(PoisonError::into_inner) =
            json!({"keys": keys}).to_string();
    }

    pub(crate) fn jwks_uri(&self) -> String {
        format!("{}/jwks.json", self.url)
    }

    /// How often the keys were fetched so far.
    pub(crate) fn fetches(&self) -> usize {
        self.shared.fetches.load(Ordering::SeqCst)
    }
}

async fn jwks_document(State(issuer): State<LoopbackIssuer>) -> Response {
    issuer.shared.fetches.fetch_add(1, Ordering::SeqCst);
    tokio::time::sleep(issuer.shared.delay).await;
    let jwks = issuer.shared.jwks.lock().unwrap_or_else(PoisonError::into_inner).clone();
    ([(CONTENT_TYPE, "application/json")], jwks).into_response()
}

async fn metadata(State(issuer): State<LoopbackIssuer>, Path(path): Path<String>) -> Response {
    if !path.contains(".well-known/") {
        return StatusCode::NOT_FOUND.into_response();
    }
    let url = &issuer.url;
    let document = json!({
        "issuer": url,
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"),
        "jwks_uri": issuer.jwks_uri(),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256", "EdDSA"],
        "acr_values_supported": ["single-factor", "mfa", "phr", "phrh"],
    });
    ([(CONTENT_TYPE, "application/json")], document.to_string()).into_response()
}
