//! An API guarded by tokens that somebody else issues.
//!
//! `cargo run -p resource-server -- --demo` shows it with a throw-away key of its own.

mod answer;
mod axum_app;
mod cli;
mod demo;
mod poem_app;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser as _;
use cli::{Cli, Framework};
use stepup_axum::{Gate, KeySet, guarded_handlers};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    match serve(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("resource-server: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(cli: Cli) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind(("127.0.0.1", cli.port)).await.map_err(|error| {
        format!("port {} cannot be used ({error}); choose another with --port", cli.port)
    })?;
    let address = format!("http://{}", listener.local_addr()?);

    let (issuer, audience, jwks) = match cli.source() {
        None => {
            let demo = demo::Demo::new(&address)?;
            println!("{}", demo.lines()?);
            (demo.issuer.clone(), demo.audience.clone(), demo.jwks()?)
        }
        Some(source) => {
            let jwks = std::fs::read_to_string(&source.jwks_file)
                .map_err(|error| format!("{}: {error}", source.jwks_file.display()))?;
            (source.issuer, source.audience, jwks)
        }
    };
    let keys = KeySet::from_jwks(jwks.as_bytes())?;
    let gate = Gate::builder(&issuer, &audience).keys(keys).build()?;
    for handler in guarded_handlers() {
        let ours = match cli.framework {
            Framework::Axum => "resource_server::axum_app",
            Framework::Poem => "resource_server::poem_app",
        };
        if handler.module() == ours {
            println!("guarded: {} ({})", handler.name(), handler.requirement());
        }
    }
    println!("listening on {address}");
    match cli.framework {
        Framework::Axum => {
            let app = axum_app::router(gate);
            axum::serve(listener, app).with_graceful_shutdown(stop()).await?;
        }
        Framework::Poem => {
            let acceptor = poem::listener::TcpAcceptor::from_tokio(listener)?;
            let server = poem::Server::new_with_acceptor(acceptor);
            server.run_with_graceful_shutdown(poem_app::endpoint(gate), stop(), None).await?;
        }
    }
    Ok(())
}

async fn stop() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Without a signal handler the process ends as the system ends it.
        std::future::pending::<()>().await;
    }
}
