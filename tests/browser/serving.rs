//! A server of one framework, with what the other side of a test needs beside it.

use axum::Router;
use poem::endpoint::make;
use poem::listener::TcpAcceptor;
use poem::{Endpoint, IntoEndpoint, Response};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tower::ServiceExt as _;

/// Ends when it is dropped.
pub struct Serving(JoinHandle<()>);

impl Serving {
    pub fn axum(listener: TcpListener, app: Router) -> Self {
        Self(tokio::spawn(async { axum::serve(listener, app).await.unwrap() }))
    }

    pub fn poem<E>(listener: TcpListener, app: E) -> Self
    where
        E: IntoEndpoint<Endpoint: 'static> + Send + 'static,
    {
        let acceptor = TcpAcceptor::from_tokio(listener).unwrap();
        let server = poem::Server::new_with_acceptor(acceptor);
        Self(tokio::spawn(async { server.run(app).await.unwrap() }))
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Routes that are no concern of the framework's, the same in both.
pub fn in_poem(routes: Router) -> impl Endpoint + 'static {
    make(move |request: poem::Request| {
        let routes = routes.clone();
        async move {
            let request = http::Request::from(request).map(axum::body::Body::new);
            let (parts, body) = routes.oneshot(request).await.unwrap().into_parts();
            let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
            let mut response = Response::builder().status(parts.status).body(body);
            *response.headers_mut() = parts.headers;
            response
        }
    })
}
