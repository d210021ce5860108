//! What a chore needs on the machine, installed when it is missing.

use std::process::{Command, Stdio};

use crate::step::{Step, cargo};

/// A component of the Rust toolchain.
pub(crate) fn component(name: &str, subcommand: &str) -> Result<(), String> {
    if runs(cargo([subcommand, "--version"])) {
        return Ok(());
    }
    let mut install = Command::new("rustup");
    install.args(["component", "add", name]);
    Step::new("installing a toolchain component", install).run()
}

/// A subcommand of cargo, built from its crate.
pub(crate) fn cargo_tool(package: &str, subcommand: &str) -> Result<(), String> {
    if runs(cargo([subcommand, "--version"])) {
        return Ok(());
    }
    Step::new("installing a cargo subcommand", cargo(["install", "--locked", package])).run()
}

/// A program of the operating system.
pub(crate) fn program(name: &str) -> Result<(), String> {
    let mut version = Command::new(name);
    version.arg("--version");
    if runs(version) {
        return Ok(());
    }
    let mut install = Command::new("apt-get");
    install.args(["install", "--yes", name]);
    Step::new("installing a program", install)
        .run()
        .map_err(|error| format!("{error}; install `{name}` by hand and start again"))
}

fn runs(mut command: Command) -> bool {
    let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}
