//! An authority with many open ceremonies; see `README.md`.

use std::env;

use stepup_benches::{Failure, Settings, StoreKind};

const USAGE: &str = "\
cargo run --release -p stepup-benches --bin ceremonies [-- [--store KIND] [--rate N] …]

  (nothing)    all kinds of store
  --store KIND one: memory, redis, postgres, postgres-unsynced or sqlite
  --open N     how many ceremonies are open: 100,000
  --rate N     requests a second: 200 in memory and in Redis, 50 in SQL
  --seconds N  how long at that rate: 20
  --assert     fail where a bar is broken";

fn main() -> Result<(), Failure> {
    let mut settings = Settings::default();
    let mut kinds = StoreKind::ALL.to_vec();
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(USAGE);
        match argument.as_str() {
            "--store" => kinds = vec![StoreKind::named(&value()?).ok_or(USAGE)?],
            "--open" => settings.open = value()?.parse()?,
            "--rate" => settings.rate = Some(value()?.parse()?),
            "--seconds" => settings.seconds = value()?.parse()?,
            "--assert" => settings.assert = true,
            _ => return Err(USAGE.into()),
        }
    }
    if cfg!(debug_assertions) {
        return Err("unoptimised code says nothing: add `--release`".into());
    }
    stepup_benches::ceremonies(&kinds, &settings)
}
