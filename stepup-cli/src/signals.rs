//! Being told to end.

use tokio::signal::ctrl_c;

/// Ctrl-C, `kill`, and a terminal that is closed.
#[cfg(unix)]
pub(crate) async fn told_to_end() {
    use std::io::{self, IsTerminal as _};

    use tokio::signal::unix::SignalKind;

    // `nohup` leaves no terminal, and wants the run to go on.
    let has_terminal = io::stdin().is_terminal() || io::stderr().is_terminal();
    tokio::select! {
        _ = ctrl_c() => {}
        () = unix::heard(SignalKind::terminate()) => {}
        () = unix::heard(SignalKind::hangup()), if has_terminal => {}
    }
}

#[cfg(unix)]
mod unix {
    use std::future::pending;

    use tokio::signal::unix::{SignalKind, signal};

    pub(super) async fn heard(kind: SignalKind) {
        match signal(kind) {
            Ok(mut signals) => drop(signals.recv().await),
            Err(_) => pending().await,
        }
    }
}

#[cfg(not(unix))]
pub(crate) async fn told_to_end() {
    let _ = ctrl_c().await;
}
