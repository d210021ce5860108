//! A web server on this machine, on a thread of its own, that can go away and come back.

use std::net::SocketAddr;
use std::sync::{Mutex, mpsc};
use std::thread::JoinHandle;

use axum::Router;
use tokio::net::TcpSocket;
use tokio::sync::oneshot;

/// Serves a router. Its port stays its own while it does not listen: whoever connects is refused.
pub(crate) struct Server {
    address: SocketAddr,
    router: Router,
    state: Mutex<State>,
}

enum State {
    Listening { stop: oneshot::Sender<()>, thread: JoinHandle<()> },
    Away(TcpSocket),
    Gone,
}

impl Server {
    pub(crate) fn start(router: impl FnOnce(SocketAddr) -> Router) -> Self {
        let socket = bound(SocketAddr::from(([127, 0, 0, 1], 0)));
        let address = socket.local_addr().expect("it is bound");
        let server =
            Self { address, router: router(address), state: Mutex::new(State::Away(socket)) };
        server.listen();
        server
    }

    pub(crate) fn listen(&self) {
        self.change(|state| match state {
            State::Away(socket) => listening(socket, self.router.clone()),
            already => already,
        });
    }

    /// Ends every connection.
    pub(crate) fn stop(&self) {
        self.change(|state| {
            ended(state);
            State::Away(bound(self.address))
        });
    }

    fn change(&self, change: impl FnOnce(State) -> State) {
        let mut state = self.state.lock().expect("no change failed");
        *state = change(std::mem::replace(&mut *state, State::Gone));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Ok(state) = self.state.get_mut() {
            ended(std::mem::replace(state, State::Gone));
        }
    }
}

fn bound(address: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_reuseaddr(true).expect("it is not bound yet");
    socket.bind(address).expect("the port is free");
    socket
}

fn listening(socket: TcpSocket, router: Router) -> State {
    let (stop, stopped) = oneshot::channel();
    let (ready, listens) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime can be made").block_on(async move {
            let listener = socket.listen(1024).expect("it is bound");
            ready.send(()).expect("somebody waits");
            tokio::select! {
                _ = axum::serve(listener, router) => {}
                _ = stopped => {}
            }
        });
    });
    listens.recv().expect("the server listens");
    State::Listening { stop, thread }
}

fn ended(state: State) {
    if let State::Listening { stop, thread } = state {
        drop(stop);
        thread.join().expect("the server did not fail");
    }
}
