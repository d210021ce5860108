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

/// How long what has begun may take when it is to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(10);

/// Serves until it is told to stop, and finishes what was begun by then, also for who hung up.
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
    let finished = async {
        let ended = server.await;
        bank.finish().await;
        ended
    };
    let ended = tokio::select! {
        ended = finished => ended,
        () = patience => {
            tracing::warn!("what was begun takes too long, and is cut short");
            Ok(())
        }
    };
    bank.close().await;
    ended
}

#[cfg(test)]
mod tests {
    use std::future::ready;
    use std::pin::pin;
    use std::sync::Arc;

    use clap::Parser as _;
    use stepup_axum::SystemClock;
    use tokio::net::TcpStream;

    use super::*;
    use crate::Options;
    use crate::input::Profile;

    async fn what_was_begun_is_done_before_it_ends(framework: Framework) {
        let options = Options::parse_from(["bank", "--store", "memory"]);
        let bank = Bank::open(&options, "http://localhost:3000", Arc::new(SystemClock));
        let bank = bank.await.unwrap();
        let outbox = bank.ledger.that_stays_open();
        let held = bank.ledger.held().await;
        // Who asks hangs up; and who is told waits for the ledger, as others do for a mail server.
        let to = Profile { email: "alice@new.example".to_owned() };
        tokio::select! {
            biased;
            _ = pin!(bank.change_email("alice", to)) => panic!("it took no time"),
            () = ready(()) => {}
        }
        bank.authority.remove_method_of("bob", "totp").await.unwrap();

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(serve(bank, framework, listener, ready(())));
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
        drop(held);
        serving.await.unwrap().unwrap();
        let mails = outbox.mails().await.unwrap();
        for (to, what) in [
            ("alice@example.com", "your address at the bank is now alice@new.example"),
            ("alice@example.com", "no longer confirm with codes by e-mail"),
            ("bob@example.com", "no longer confirm with your authenticator app"),
        ] {
            let is_told = mails.iter().any(|mail| mail.to == to && mail.text.contains(what));
            assert!(is_told, "{to} was not told: {what}");
        }
    }

    #[tokio::test]
    async fn what_was_begun_is_done_before_it_ends_in_axum() {
        what_was_begun_is_done_before_it_ends(Framework::Axum).await;
    }

    #[tokio::test]
    async fn what_was_begun_is_done_before_it_ends_in_poem() {
        what_was_begun_is_done_before_it_ends(Framework::Poem).await;
    }
}
