//! `cargo run --release -p stepup-benches`: see `README.md`.

use std::env;
use std::process::Command;

use stepup_benches::Failure;

const USAGE: &str = "\
cargo run --release -p stepup-benches [-- [compile] [--rounds N] [--only NAME] [--assert]]

  (nothing)   CPU time and allocations of requests
  compile     build time of 200 handlers
  --rounds N  how often each is measured: 400, of compile 5
  --only NAME the CPU time of those subjects alone whose name contains this, as `Axum, StepUp`
  --assert    fail where a bar is broken";

fn main() -> Result<(), Failure> {
    let (mut compile, mut assert, mut rounds, mut only) = (false, false, None, None);
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "compile" => compile = true,
            "--assert" => assert = true,
            "--only" => only = Some(arguments.next().ok_or(USAGE)?),
            "--rounds" => rounds = Some(arguments.next().ok_or(USAGE)?.parse()?),
            _ => return Err(USAGE.into()),
        }
    }
    if compile {
        return stepup_benches::compile(rounds.unwrap_or(5), assert);
    }
    if cfg!(debug_assertions) {
        return Err("unoptimised code says nothing: add `--release`".into());
    }
    let rounds = rounds.unwrap_or(400);
    if let Some(only) = only {
        return stepup_benches::some_times(rounds, &only);
    }
    let in_time = stepup_benches::times(rounds, assert);
    count_allocations()?;
    in_time
}

/// In the program beside this one.
fn count_allocations() -> Result<(), Failure> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["run", "--release", "--offline", "--quiet", "--bin", "allocations"])
        .args(["--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")])
        .status()?;
    if status.success() { Ok(()) } else { Err("allocations could not be counted".into()) }
}
