//! One run: the parts, their tables, and at the end the bars.

use std::process::Command;
use std::{env, fs, thread};

use stepup_benches::cpu_nanoseconds;

use crate::allocations::Allocations;
use crate::backend::Backend;
use crate::bars::Bars;
use crate::subject::Peer;
use crate::{
    Failure, answers, keys, keys_report, loopback, loopback_report, requests, requests_report,
    runtime,
};

/// One of the things that are measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Part {
    /// Whole requests inside the process.
    Requests,
    /// The same over the loopback interface.
    Loopback,
    /// Keys that come from an issuer.
    Keys,
}

/// What to measure.
#[derive(Debug)]
pub struct Settings {
    /// All parts, if none is named.
    pub part: Option<Part>,
    /// Part of the names of the peers to measure.
    pub only: Option<String>,
    /// How often.
    pub rounds: usize,
    /// Also what takes minutes.
    pub slow: bool,
    /// The slower backend.
    pub rust_crypto: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { part: None, only: None, rounds: 400, slow: false, rust_crypto: false }
    }
}

impl Settings {
    fn has(&self, part: Part) -> bool {
        self.part.is_none_or(|only| only == part)
    }

    /// Those that are named, and what their figures are divided by.
    fn chosen(&self) -> Vec<Peer> {
        let named = |peer: &Peer| {
            (!self.rust_crypto || peer.has_two_backends())
                && self.only.as_ref().is_none_or(|only| peer.to_string().contains(only.as_str()))
        };
        let named: Vec<_> = Peer::ALL.into_iter().filter(named).collect();
        let needed = |peer: &Peer| {
            named.iter().any(|other| [*other, other.bare(), other.ours()].contains(peer))
        };
        Peer::ALL.into_iter().filter(needed).collect()
    }

    /// Whether all are measured that the bars speak of.
    const fn all(&self) -> bool {
        self.only.is_none() && !self.rust_crypto
    }
}

/// Measures and prints.
///
/// # Errors
///
/// A peer that answers otherwise than it must.
pub fn run(settings: &Settings) -> Result<(), Failure> {
    let backend = if settings.rust_crypto { Backend::RustCrypto } else { Backend::AwsLc };
    backend.install()?;
    let runtime = runtime()?;
    let chosen = settings.chosen();
    let mut bars = Bars::default();
    machine();
    if settings.has(Part::Requests) {
        answers::print(&runtime, &chosen)?;
        let times = requests::measure(&runtime, &chosen, settings.rounds, cpu_nanoseconds)?;
        let counted = if settings.rust_crypto { None } else { Some(Allocations::count()?) };
        requests_report::print(&chosen, &times, counted.as_ref())?;
        if let (true, Some(counted)) = (settings.all(), &counted) {
            bars.requests(&times, counted)?;
            as_shipped(settings.rounds)?;
        }
    }
    if settings.has(Part::Loopback) && !settings.rust_crypto {
        let figures = loopback::measure(&runtime, &chosen, settings.rounds.div_ceil(4))?;
        loopback_report::print(&chosen, &figures);
        if settings.all() {
            bars.loopback(&figures);
        }
    }
    if settings.has(Part::Keys) && !settings.rust_crypto {
        let measured = keys::measure(&runtime, &chosen, settings.slow)?;
        keys_report::print(&measured);
        if settings.all() {
            bars.keys(&measured);
        }
    }
    if settings.all() {
        bars.print();
    }
    Ok(())
}

/// The two with a choice of backends once more, as they are without a word about it: in a program
/// of its own, as the choice is made once for all.
fn as_shipped(rounds: usize) -> Result<(), Failure> {
    println!("# With the backend that two of them have by default, rust_crypto\n");
    let status = Command::new(env::current_exe()?)
        .args(["--rust-crypto", "--part", "requests", "--rounds"])
        .arg(rounds.div_ceil(4).to_string())
        .status()?;
    if status.success() { Ok(()) } else { Err("the backend rust_crypto: no figures".into()) }
}

fn machine() {
    let cpus = thread::available_parallelism().map_or(1, usize::from);
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown", |(_, model)| model);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("?");
    println!("{cpus} cores ({model}), load before the run {load}.\n");
}
