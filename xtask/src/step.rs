//! One command of a chore, announced and timed.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

pub(crate) struct Step {
    title: String,
    command: Command,
}

/// A command that can be given an environment in passing.
pub(crate) trait With {
    fn with(self, name: &str, value: &str) -> Self;
}

impl With for Command {
    fn with(mut self, name: &str, value: &str) -> Self {
        self.env(name, value);
        self
    }
}

pub(crate) fn cargo<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(args: I) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(args);
    command
}

/// Where everything is built.
pub(crate) fn target_folder() -> PathBuf {
    PathBuf::from(std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| OsString::from("target")))
}

impl Step {
    pub(crate) fn new(title: impl Into<String>, command: Command) -> Self {
        Self { title: title.into(), command }
    }

    pub(crate) fn run(mut self) -> Result<(), String> {
        let begin = Instant::now();
        println!("\n== {}", self.title);
        let status = self.command.status().map_err(|error| {
            format!("{}: {:?} did not start: {error}", self.title, self.command)
        })?;
        if !status.success() {
            return Err(format!("{}: {:?} failed ({status})", self.title, self.command));
        }
        println!("== {}: {:.0} s", self.title, begin.elapsed().as_secs_f64());
        Ok(())
    }
}
