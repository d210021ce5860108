//! The tables of part one, in Markdown.

use stepup_benches::{Sent, Series, quantile};
use stepup_core::Algorithm;

use crate::Failure;
use crate::allocations::Allocations;
use crate::figures::micros;
use crate::requests::{Subject, kinds};
use crate::subject::{ALGORITHMS, Peer};

pub(crate) struct Times<'a>(pub(crate) &'a [Series<Subject>]);

impl<'a> Times<'a> {
    pub(crate) fn of(&self, subject: Subject) -> Result<&'a Series<Subject>, Failure> {
        let found = self.0.iter().find(|series| series.subject == subject);
        found.ok_or_else(|| format!("{subject:?} has not been measured").into())
    }

    pub(crate) fn request(&self, peer: Peer, sent: Sent) -> Result<&'a Series<Subject>, Failure> {
        self.of(Subject::Request(peer, sent))
    }

    /// The same request to the bare route.
    pub(crate) fn bare(&self, peer: Peer, sent: Sent) -> Result<&'a Series<Subject>, Failure> {
        let sent = match sent {
            Sent::Nothing => sent,
            Sent::Known(algorithm)
            | Sent::Unknown(algorithm)
            | Sent::Unkept(algorithm)
            | Sent::BadSignature(algorithm)
            | Sent::LowLevel(algorithm) => Sent::Unknown(algorithm),
        };
        self.request(peer.bare(), sent)
    }
}

pub(crate) fn print(
    chosen: &[Peer],
    times: &[Series<Subject>],
    counted: Option<&Allocations>,
) -> Result<(), Failure> {
    let table = Table { times: Times(times), counted };
    println!("# A whole request in process, CPU time\n");
    table.begin("No token", "stepup");
    for &peer in chosen {
        table.row(peer, Sent::Nothing, &[Sent::Nothing])?;
    }
    for algorithm in ALGORITHMS {
        let (known, unknown) = (Sent::Known(algorithm), Sent::Unknown(algorithm));
        table.begin(&format!("A good token, {algorithm}"), "stepup, known | ÷ stepup, unknown");
        for &peer in chosen {
            let good = kinds(peer, algorithm);
            for sent in good.into_iter().filter(|sent| !matches!(sent, Sent::LowLevel(_))) {
                table.row(peer, sent, &[known, unknown])?;
            }
        }
        let low = Sent::LowLevel(algorithm);
        table.begin(&format!("A token that does not suffice, {algorithm}"), "stepup");
        for &peer in chosen {
            if kinds(peer, algorithm).contains(&low) {
                table.row(peer, low, &[low])?;
            }
        }
    }
    println!("\nThe signature check alone, with a parsed key, µs:\n");
    for algorithm in ALGORITHMS {
        let raw = table.times.of(Subject::RawCheck(algorithm))?;
        println!(
            "* {algorithm} {} (p25 {}, p90/p10 {:.2})",
            micros(raw.median()),
            micros(raw.p25()),
            raw.noise()
        );
    }
    let noise: Vec<_> = times.iter().map(Series::noise).collect();
    println!(
        "\nNoise: p90/p10 of these series is {:.2} in the middle and at most {:.2}.\n",
        quantile(&noise, 50),
        quantile(&noise, 100)
    );
    Ok(())
}

struct Table<'a> {
    times: Times<'a>,
    counted: Option<&'a Allocations>,
}

impl Table<'_> {
    fn begin(&self, title: &str, by: &str) {
        let more = if by.contains('|') { "---:|" } else { "" };
        println!(
            "\n## {title}\n\n| | µs | p25 | p90/p10 | ÷ bare | ÷ {by} | allocations |\n\
             |---|---:|---:|---:|---:|---:|{more}---:|"
        );
    }

    fn row(&self, peer: Peer, sent: Sent, by: &[Sent]) -> Result<(), Failure> {
        let this = self.times.request(peer, sent)?;
        print!(
            "| {peer}{} | {} | {} | {:.2} | {:.1} |",
            suffix(peer, sent),
            micros(this.median()),
            micros(this.p25()),
            this.noise(),
            this.by(self.times.bare(peer, sent)?)
        );
        for &other in by {
            print!(" {:.2} |", this.by(self.times.request(peer.ours(), other)?));
        }
        let count = self.counted.and_then(|counted| counted.of(this.subject));
        println!(" {} |", count.map_or("".to_owned(), |count| format!("{count:.0}")));
        Ok(())
    }
}

/// Which of the three: to the others all tokens are unknown.
fn suffix(peer: Peer, sent: Sent) -> &'static str {
    match sent {
        Sent::Known(_) if peer.is_ours() => ", known",
        Sent::Unknown(_) if peer.is_ours() => ", unknown",
        Sent::Unkept(_) if peer.is_ours() => ", none kept",
        _ => "",
    }
}

/// The fastest of these with a good token of this algorithm.
pub(crate) fn fastest<'a>(
    times: &Times<'a>,
    algorithm: Algorithm,
    among: impl Fn(Peer) -> bool,
) -> Option<(Peer, &'a Series<Subject>)> {
    Peer::ALL
        .into_iter()
        .filter(|peer| peer.knows(algorithm) && among(*peer))
        .filter_map(|peer| Some((peer, times.request(peer, Sent::Unknown(algorithm)).ok()?)))
        .min_by(|(_, one), (_, other)| one.median().total_cmp(&other.median()))
}
