//! The tables, in Markdown, and the bars.

use super::load::Latencies;
use super::memory::Growth;
use super::{Outcome, StoreKind};
use crate::Failure;

/// MiB of memory for all that is open; milliseconds of a sweep.
const MOST_MEMORY: f64 = 128.0;
const LONGEST_SWEEP: f64 = 5.0;

pub(crate) fn print(outcomes: &[Outcome]) {
    println!(
        "### Milliseconds from when it was to begin: p50, p99, most\n\n\
         | | a second | nothing | disk | begin | proof | begin while swept | requests of each | \
         odd answers |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    );
    for outcome in outcomes {
        let Outcome { kind, rate, nothing, begin, proof, begin_while_swept, .. } = outcome;
        let all = [nothing, begin, proof, begin_while_swept];
        let [a, b, c, d] = all.map(three);
        let odd: usize = all.iter().map(|latencies| latencies.odd.len()).sum();
        let disk = outcome.disk.as_ref().map_or(String::new(), three);
        println!(
            "| {kind} | {rate} | {a} | {disk} | {b} | {c} | {d} | {} | {odd} |",
            proof.count()
        );
        if let Some(odd) = all.iter().find_map(|latencies| latencies.odd.first()) {
            eprintln!("{kind}: answered {odd}");
        }
    }
    println!(
        "\n### Sweeping, at most 500 records a call\n\n\
         | | records | calls | longest, ms | most CPU time, ms |\n|---|---:|---:|---:|---:|"
    );
    for Outcome { kind, sweeps, .. } in outcomes {
        println!(
            "| {kind} | {} | {} | {:.2} | {:.2} |",
            sweeps.records,
            sweeps.calls,
            sweeps.longest.as_secs_f64() * 1000.0,
            sweeps.longest_cpu.as_secs_f64() * 1000.0,
        );
    }
    for outcome in outcomes {
        if let Some(growth) = &outcome.growth {
            memory(growth, outcome.open);
        }
    }
    println!();
    for Outcome { kind, open, filled_in, .. } in outcomes {
        println!("{kind}: {open} opened in {:.0} s", filled_in.as_secs_f64());
    }
}

fn memory(growth: &Growth, open: usize) {
    let Growth { before, accounts, ceremonies, codes } = *growth;
    println!(
        "\n### Memory of {open} users in the store in memory\n\n\
         | | MiB | bytes each |\n|---|---:|---:|"
    );
    for (what, from, to) in [
        ("a user with one factor", before, accounts),
        ("a ceremony, begun", accounts, ceremonies),
        ("a code, sent", ceremonies, codes),
        ("ceremony and code", accounts, codes),
        ("all of it", before, codes),
        ("the whole process, harness and all", 0, codes),
    ] {
        let size = to.saturating_sub(from);
        println!("| {what} | {:.1} | {} |", mebibytes(size), size * 1024 / open.max(1) as u64);
    }
}

pub(crate) fn assert_bars(outcomes: &[Outcome]) -> Result<(), Failure> {
    let mut broken = Vec::new();
    let mut bar = |what: String, found: f64, most: f64| {
        if found > most {
            broken.push(format!("{what}: {found:.1}, at most {most:.1}"));
        }
    };
    for outcome in outcomes {
        let kind = outcome.kind;
        if let Some(most) = kind.bar() {
            bar(format!("{kind}, proof, ms"), outcome.proof.quantile(99), most);
            bar(format!("{kind}, odd answers"), outcome.proof.odd.len() as f64, 0.0);
        }
        if let Some(growth) = &outcome.growth {
            let all = growth.codes.saturating_sub(growth.before);
            bar(format!("{kind}, MiB"), mebibytes(all), MOST_MEMORY);
        }
        if kind == StoreKind::Memory {
            let longest = outcome.sweeps.longest_cpu.as_secs_f64() * 1000.0;
            bar(format!("{kind}, longest sweep, ms"), longest, LONGEST_SWEEP);
        }
    }
    if broken.is_empty() { Ok(()) } else { Err(broken.join("\n").into()) }
}

fn three(latencies: &Latencies) -> String {
    let [a, b, c] = [50, 99, 100].map(|percent| latencies.quantile(percent));
    format!("{a:.2}, {b:.2}, {c:.2}")
}

fn mebibytes(kibibytes: u64) -> f64 {
    kibibytes as f64 / 1024.0
}
