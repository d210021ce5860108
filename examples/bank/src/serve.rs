//! From the first request to the last.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use poem::listener::TcpAcceptor;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::bank::Bank;
use crate::options::Framework;
use crate::{axum_app, poem_app};

/// How long requests that have begun may take when it is to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(10);

/// Serves until it is told to stop, and what was begun by then.
///
/// # Errors
///
/// The listener cannot be used.
pub async fn serve(
    bank: Bank,
    framework: Framework,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let served = bank.clone();
    let (told, stopping) = oneshot::channel();
    let stop = async move {
        stop.await;
        let _ = told.send(());
    };
    let server = async move {
        match framework {
            Framework::Axum => {
                let routes = axum_app::router(served);
                let routes = routes.into_make_service_with_connect_info::<SocketAddr>();
                let server = axum::serve(listener, routes);
                server.with_graceful_shutdown(stop).await
            }
            Framework::Poem => {
                let server = poem::Server::new_with_acceptor(TcpAcceptor::from_tokio(listener)?);
                let endpoint = poem_app::endpoint(served);
                server.run_with_graceful_shutdown(endpoint, stop, None).await
            }
        }
    };
    let patience = async {
        // A server that ended by itself has told nothing, and is heard below.
        let _ = stopping.await;
        tokio::time::sleep(LAST_REQUESTS).await;
    };
    let ended = tokio::select! {
        ended = server => ended,
        () = patience => Ok(()),
    };
    bank.close().await;
    ended
}
