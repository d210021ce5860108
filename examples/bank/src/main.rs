//! `cargo run -p bank`, and look at http://localhost:3000.

use std::io;
use std::process::ExitCode;
use std::sync::Arc;

use bank::{Bank, Options, Place, StartError};
use clap::Parser as _;
use stepup_axum::{SystemClock, guarded_handlers};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().with_writer(io::stderr).with_target(false).init();
    match run(&Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bank: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> Result<(), StartError> {
    let (address, port) = (options.bind, options.port);
    let listener = TcpListener::bind((address, port)).await.map_err(|error| {
        format!("{address} port {port} cannot be used ({error}); choose another with --port")
    })?;
    let origin = options.origin(listener.local_addr()?.port());
    let bank = Bank::open(options, &origin, Arc::new(SystemClock)).await?;
    if let Place::Sqlite(path) = options.ledger()? {
        let path = path.canonicalize()?;
        tracing::info!("customers and money are in {}; delete it to begin anew", path.display());
    }
    for handler in guarded_handlers() {
        if handler.module() == options.framework.module() {
            tracing::info!("{} needs {}", handler.name(), handler.requirement());
        }
    }
    bank.announce().await?;
    let stop = stop()?;
    tracing::info!("listening on http://{}", listener.local_addr()?);
    Ok(bank::serve(bank, options.framework, listener, stop).await?)
}

/// Ctrl-C, or what a supervisor sends. Who cannot wait says either once more.
fn stop() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("finishing what was begun; Ctrl-C ends it at once");
        tokio::spawn(async move {
            // As shells say it of who was ended by a signal: 128, and its number.
            std::process::exit(tokio::select! {
                _ = interrupt.recv() => 130,
                _ = terminate.recv() => 143,
            });
        });
    })
}
