//! Counts allocations. It is a program of its own: counting slows every allocation down.

use std::collections::HashMap;
use std::env;
use std::process::{Command, Stdio};

use stepup_benches::Read;

use crate::requests::{self, Subject};
use crate::subject::Peer;
use crate::{Failure, backend, runtime};

/// Two rotations of all tokens.
const ROUNDS: usize = 50;

/// Counts with this counter and prints a line for each subject.
///
/// # Errors
///
/// A peer answers otherwise than it must.
pub fn allocations(read: Read) -> Result<(), Failure> {
    backend::Backend::AwsLc.install()?;
    let runtime = runtime()?;
    for series in requests::measure(&runtime, &Peer::ALL, ROUNDS, read)? {
        println!("{:?}\t{}", series.subject, series.median());
    }
    Ok(())
}

/// What the program counted.
pub(crate) struct Allocations(HashMap<String, f64>);

impl Allocations {
    pub(crate) fn count() -> Result<Self, Failure> {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .args(["run", "--release", "--offline", "--quiet", "--bin", "allocations"])
            .args(["--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")])
            .stderr(Stdio::inherit())
            .output()?;
        if !output.status.success() {
            return Err("allocations could not be counted".into());
        }
        let lines = String::from_utf8(output.stdout)?;
        let counts = lines.lines().filter_map(|line| line.split_once('\t'));
        let counts = counts.map(|(name, count)| Ok((name.to_owned(), count.parse()?)));
        Ok(Self(counts.collect::<Result<_, Failure>>()?))
    }

    pub(crate) fn of(&self, subject: Subject) -> Option<f64> {
        self.0.get(&format!("{subject:?}")).copied()
    }
}
