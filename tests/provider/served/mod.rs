//! A small API that listens, in both frameworks, for clients that are no Rust.

mod axum_app;
mod poem_app;

use stepup_core::{Dpop, Gate, GateBuilder, ProtectedResource};
use stepup_tests::Framework;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub(crate) struct Served {
    pub(crate) address: String,
    server: JoinHandle<()>,
}

impl Served {
    /// Listens on a free port, with `POST /transfers` behind the gate that `settle` makes of the
    /// API's address.
    pub(crate) async fn start(
        framework: Framework,
        builder: GateBuilder,
        settle: impl FnOnce(Dpop) -> Dpop,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("it is bound"));
        let gate: Gate = builder
            .resource(ProtectedResource::at(&address))
            .dpop(settle(Dpop::at(&address)))
            .discover()
            .await
            .expect("the provider suffices");
        let server = match framework {
            Framework::Axum => tokio::spawn(async move {
                axum::serve(listener, axum_app::router(gate)).await.expect("it serves");
            }),
            Framework::Poem => tokio::spawn(async move {
                let acceptor = poem::listener::TcpAcceptor::from_tokio(listener).expect("a socket");
                let server = poem::Server::new_with_acceptor(acceptor);
                server.run(poem_app::endpoint(gate)).await.expect("it serves");
            }),
        };
        Self { address, server }
    }

    pub(crate) fn transfers(&self) -> String {
        format!("{}/transfers", self.address)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.server.abort();
    }
}
