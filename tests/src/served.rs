//! The API behind its framework's own server, for what only a socket shows.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::thread::{self, JoinHandle};

use poem::endpoint::IntoEndpoint;
use stepup_core::Gate;
use tokio::runtime::Builder;
use tokio::sync::oneshot;

use crate::api::{Api, Framework, Inner, Ran};
use crate::metered::{BytesRead, Metered};

/// A server on a free port of this machine, in a thread of its own: it needs no runtime around it
/// and serves blocking clients as well as others. It stops when dropped, and its connections end.
pub struct Served {
    address: SocketAddr,
    ran: Ran,
    read: BytesRead,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Served {
    /// The API of the tests in this framework, behind this gate.
    pub fn api(framework: Framework, gate: &Gate) -> Self {
        let api = Api::new(framework, gate);
        let mut served = match api.inner {
            Inner::Axum(router) => Self::axum(router),
            Inner::Poem(endpoint) => Self::poem(endpoint),
        };
        served.ran = api.ran;
        served
    }

    /// A router, by `axum::serve`.
    pub fn axum(router: axum::Router) -> Self {
        Self::start(async |listener| {
            axum::serve(listener, router).await.expect("it serves until it is stopped");
        })
    }

    /// An endpoint, by `poem::Server`.
    pub fn poem<E>(endpoint: E) -> Self
    where
        E: IntoEndpoint<Endpoint: 'static> + Send + 'static,
    {
        Self::start(async |listener| {
            let server = poem::Server::new_with_acceptor(listener);
            server.run(endpoint).await.expect("it serves until it is stopped");
        })
    }

    fn start(serve: impl AsyncFnOnce(Metered) + Send + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        listener.set_nonblocking(true).expect("a socket that does not block");
        let address = listener.local_addr().expect("the port");
        let read = BytesRead::default();
        let (stop, stopped) = oneshot::channel();
        let counted = read.clone();
        let thread = thread::spawn(move || {
            let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
            runtime.expect("a runtime can be made").block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                tokio::select! {
                    () = serve(Metered::new(listener, counted)) => {}
                    _ = stopped => {}
                }
            });
        });
        Self { address, ran: Ran::default(), read, stop: Some(stop), thread: Some(thread) }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How often handlers of the API of the tests ran.
    pub fn ran(&self) -> usize {
        self.ran.count()
    }

    /// How many bytes the server has taken from all of its connections.
    pub fn bytes_read(&self) -> u64 {
        self.read.count()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.stop.take());
        // A thread that panicked has said so itself.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use stepup_core::Algorithm;

    use super::*;
    use crate::{Issuer, Token, clock, gate};

    #[test]
    fn it_serves_counts_and_stops() {
        let issuer = Issuer::new(Algorithm::EdDsa);
        for framework in Framework::ALL {
            let served = Served::api(framework, &gate(&issuer, &clock()));
            let address = served.address();
            let request = format!(
                "GET /mfa HTTP/1.1\r\nhost: api.example\r\nconnection: close\r\n\
                 authorization: Bearer {}\r\n\r\n",
                issuer.token(&Token::new())
            );
            let mut stream = TcpStream::connect(address).expect("it listens");
            stream.write_all(request.as_bytes()).expect("it reads");
            let mut answer = String::new();
            stream.read_to_string(&mut answer).expect("it answers");
            assert!(answer.starts_with("HTTP/1.1 200 "), "{framework:?}: {answer}");
            assert_eq!((served.ran(), served.bytes_read()), (1, request.len() as u64));

            let mut open = TcpStream::connect(address).expect("it listens");
            drop(served);
            assert!(TcpStream::connect(address).is_err(), "{framework:?} still listens");
            let ended = !matches!(open.read(&mut [0]), Ok(1..));
            assert!(ended, "{framework:?} keeps its connections");
        }
    }
}
