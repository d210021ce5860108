//! The API of the tests and an authority behind their framework's own server, for processes that
//! do nothing else.

use std::io;

use tokio::net::TcpListener;

use crate::api::{Api, Inner};
use crate::metered::{BytesRead, Metered};

/// Serves for as long as the process lives.
///
/// # Errors
///
/// The server ended.
pub async fn serve(api: Api, listener: TcpListener) -> io::Result<()> {
    let listener = Metered::new(listener, BytesRead::default());
    match api.inner {
        Inner::Axum(router) => axum::serve(listener, router).await,
        Inner::Poem(endpoint) => poem::Server::new_with_acceptor(listener).run(endpoint).await,
    }
}
