//! `cargo run --release --manifest-path benches/peers/Cargo.toml`: see `README.md`.

use std::env;

use stepup_peers::{Failure, Part, Settings};

const USAGE: &str = "\
cargo run --release --manifest-path benches/peers/Cargo.toml [-- OPTIONS]

  --part PART     requests, loopback or keys; all three without it
  --only NAME     those whose name contains this, beside the bare route and ours
  --rounds N      how often each is measured: 400, over loopback a quarter of it
  --slow          also, how long it takes until a new key is known: 70 s more
  --rust-crypto   with the slower backend that two peers have unless told otherwise; those alone";

fn main() -> Result<(), Failure> {
    if cfg!(debug_assertions) {
        return Err("unoptimised code says nothing: add `--release`".into());
    }
    let mut settings = Settings::default();
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--part" => settings.part = Some(part(&arguments.next().ok_or(USAGE)?)?),
            "--only" => settings.only = Some(arguments.next().ok_or(USAGE)?),
            "--rounds" => settings.rounds = arguments.next().ok_or(USAGE)?.parse()?,
            "--slow" => settings.slow = true,
            "--rust-crypto" => settings.rust_crypto = true,
            _ => return Err(USAGE.into()),
        }
    }
    stepup_peers::run(&settings)
}

fn part(name: &str) -> Result<Part, Failure> {
    match name {
        "requests" => Ok(Part::Requests),
        "loopback" => Ok(Part::Loopback),
        "keys" => Ok(Part::Keys),
        _ => Err(USAGE.into()),
    }
}
