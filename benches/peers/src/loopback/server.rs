//! An app on a port, on one thread.

use std::net::{SocketAddr, TcpListener};
use std::thread;

use poem::listener::TcpAcceptor;
use stepup_benches::cpu_nanoseconds;
use tokio::runtime;
use tokio::sync::{mpsc, oneshot};

use crate::Failure;
use crate::app::App;

pub(super) struct Server {
    pub(super) address: SocketAddr,
    ask: mpsc::UnboundedSender<oneshot::Sender<u64>>,
}

impl Server {
    /// Serves until the program ends.
    pub(super) fn start(app: App) -> Result<Self, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let (ask, asked) = mpsc::unbounded_channel();
        thread::spawn(move || {
            runtime.block_on(async {
                tokio::spawn(answer(asked));
                serve(app, listener).await
            })
        });
        Ok(Self { address, ask })
    }

    /// The CPU time of its thread.
    pub(super) fn cpu(&self) -> Result<u64, Failure> {
        let (answer, answered) = oneshot::channel();
        self.ask.send(answer).map_err(|_| "a server has ended")?;
        Ok(answered.blocking_recv()?)
    }
}

async fn answer(mut asked: mpsc::UnboundedReceiver<oneshot::Sender<u64>>) {
    while let Some(answer) = asked.recv().await {
        // Who asked may have given up.
        let _ = answer.send(cpu_nanoseconds());
    }
}

async fn serve(app: App, listener: TcpListener) -> std::io::Result<()> {
    match app {
        App::Axum(router) => {
            axum::serve(tokio::net::TcpListener::from_std(listener)?, router).await
        }
        App::Axum07(router) => {
            axum_07::serve(tokio::net::TcpListener::from_std(listener)?, router).await
        }
        App::Poem(route) => {
            poem::Server::new_with_acceptor(TcpAcceptor::from_std(listener)?).run(route).await
        }
    }
}
