//! What is logged while something runs, at every level.

use stepup_tests::Log;

/// The value of the future, and all that was logged meanwhile.
pub fn of<T>(future: impl Future<Output = T>) -> (T, String) {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    let value = tracing::subscriber::with_default(subscriber, || stepup_tests::block_on(future));
    (value, log.text())
}
