//! Time that stands still: timers go off when a test says so, sockets work as ever.

use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Handle};

/// Runs a future on a runtime whose timers move with `tokio::time::advance` alone.
pub(crate) fn still<F: Future>(future: F) -> F::Output {
    let runtime = Builder::new_current_thread().enable_all().start_paused(true).build();
    let runtime = runtime.expect("a runtime can be made");
    let (end, ended) = std::sync::mpsc::channel::<()>();
    // While something blocks, a runtime without work does not leap to its next timer.
    runtime.spawn_blocking(move || ended.recv());
    let output = runtime.block_on(future);
    drop(end);
    output
}

/// Waits for something that happens by itself, and soon.
pub(crate) async fn until(what: &str, mut happened: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !happened() {
        assert!(begun.elapsed() < Duration::from_secs(20), "it does not happen: {what}");
        let pause = tokio::task::spawn_blocking(|| std::thread::sleep(Duration::from_millis(1)));
        pause.await.expect("a pause");
    }
}

/// Waits until so many tasks are left.
pub(crate) async fn tasks(expected: usize) {
    let metrics = Handle::current().metrics();
    until("only so many tasks are left", || metrics.num_alive_tasks() == expected).await;
}
