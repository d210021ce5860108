//! An API guarded by tokens that somebody else issues.
//!
//! `cargo run -p resource-server -- --demo` shows it with a throw-away key of its own;
//! `--issuer URL --audience ID` guards it with an identity provider.

mod answer;
mod axum_app;
mod cli;
mod demo;
mod poem_app;
mod routes;
mod source;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser as _;
use cli::Cli;
use routes::{Framework, Routes};
use stepup_axum::guarded_handlers;
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
    let source = cli.source()?;
    let listener = TcpListener::bind(("127.0.0.1", cli.port)).await.map_err(|error| {
        format!("port {} cannot be used ({error}); choose another with --port", cli.port)
    })?;
    let address = format!("http://{}", listener.local_addr()?);

    let source = match source {
        Some(source) => source,
        None => {
            let demo = demo::Demo::new(&address)?;
            println!("{}", demo.lines()?);
            demo.source()?
        }
    };
    let resource = cli.resource.as_deref().unwrap_or(&address);
    let routes = Routes::new(cli.framework, &cli.without);
    let gate = source.gate(resource, &routes).await?;
    for handler in guarded_handlers() {
        if routes.serve(handler.module()) {
            println!("guarded: {} ({})", handler.name(), handler.requirement());
        }
    }
    println!("listening on {address}");
    match routes.framework {
        Framework::Axum => {
            let app = axum_app::router(gate, &routes.served);
            axum::serve(listener, app).with_graceful_shutdown(stop()).await?;
        }
        Framework::Poem => {
            let acceptor = poem::listener::TcpAcceptor::from_tokio(listener)?;
            let server = poem::Server::new_with_acceptor(acceptor);
            let app = poem_app::endpoint(gate, &routes.served);
            server.run_with_graceful_shutdown(app, stop(), None).await?;
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
