//! An authority and the API of the tests behind a socket.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use stepup_tests::Payload;
use stepup_tests::authority::{Service, Setup};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub(crate) struct Bank {
    pub(crate) service: Arc<Service>,
    pub(crate) url: String,
    ran: Arc<AtomicUsize>,
    server: JoinHandle<()>,
}

impl Bank {
    pub(crate) async fn open(setup: Setup) -> Self {
        let service = Arc::new(setup.start().await);
        let ran = Arc::new(AtomicUsize::new(0));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (api, count) = (service.clone(), ran.clone());
        let router = Router::new().fallback(move |request| forward(api, count, request));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { service, url, ran, server }
    }

    pub(crate) fn page(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// How often handlers ran.
    pub(crate) fn ran(&self) -> usize {
        self.ran.load(Ordering::SeqCst)
    }
}

impl Drop for Bank {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn forward(service: Arc<Service>, ran: Arc<AtomicUsize>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
    let request = http::Request::from_parts(parts, Payload::Bytes(body));
    let answer = service.api.call(request).await;
    ran.fetch_add(answer.ran, Ordering::SeqCst);
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}
