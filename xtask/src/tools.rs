//! What a chore needs on the machine, installed when it is missing.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
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

/// A program of the operating system, in the package of its name.
pub(crate) fn program(name: &str) -> Result<(), String> {
    if answers(Path::new(name)) { Ok(()) } else { install(name) }
}

/// It knows no `--version`.
pub(crate) fn nginx() -> Result<(), String> {
    if says("nginx", "-v") { Ok(()) } else { install("nginx-light") }
}

/// Nor does it.
pub(crate) fn openssl() -> Result<(), String> {
    if says("openssl", "version") { Ok(()) } else { install("openssl") }
}

/// PostgreSQL's server. Debian keeps it off the path, in a folder for each version.
pub(crate) fn postgresql() -> Result<(), String> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut programs = versions.map(|version| version.path().join("bin/initdb"));
    if answers(Path::new("initdb")) || programs.any(|initdb| answers(&initdb)) {
        return Ok(());
    }
    install("postgresql")
}

fn install(package: &str) -> Result<(), String> {
    let apt_get = |args: &[&str], title: &str| {
        let mut command = Command::new("apt-get");
        command.args(args);
        Step::new(title, command).run()
    };
    apt_get(&["update"], "what packages there are")
        .and_then(|()| apt_get(&["install", "--yes", package], "installing a program"))
        .map_err(|error| {
            format!(
                "{error}; `{package}` is needed and could not be installed (that takes Debian's \
                 apt-get, and root): install it by hand and start again"
            )
        })
}

fn answers(program: &Path) -> bool {
    says(program, "--version")
}

fn says(program: impl AsRef<OsStr>, version: &str) -> bool {
    let mut command = Command::new(program);
    command.arg(version);
    runs(command)
}

fn runs(mut command: Command) -> bool {
    let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}
