//! The command line of **stepup**: makes a request and finishes its step-up in the terminal, and
//! explains challenges.

mod arguments;
mod browser;
mod call;
mod exit;
mod explain;
mod keyboard;
mod output;
mod patient;
mod printable;
mod prompter;
mod request;
mod sent;
mod signals;
mod terminal;
mod token;

use std::process::ExitCode;

use clap::Parser as _;

use crate::arguments::{Arguments, Command};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Call(arguments) => call::call(*arguments).await,
        Command::Explain(arguments) => explain::explain(&arguments).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.tell();
            failure.code()
        }
    }
}
