//! The tables of part two, in Markdown.

use stepup_benches::quantile;
use stepup_core::Algorithm;

use crate::figures::{Figures, micros, noise, ratio};
use crate::loopback::ALGORITHMS;
use crate::subject::Peer;

pub(crate) fn print(chosen: &[Peer], figures: &Figures<(Peer, Algorithm)>) {
    println!("# Over loopback, CPU time of the server for a request with a good, known token");
    for algorithm in ALGORITHMS {
        println!(
            "\n## {algorithm}\n\n| | µs | p25 | p90/p10 | ÷ bare | ÷ stepup |\n\
             |---|---:|---:|---:|---:|---:|"
        );
        for &peer in chosen {
            let of = |peer| figures.of(&(peer, algorithm));
            if let (Some(this), Some(bare), Some(ours)) =
                (of(peer), of(peer.bare()), of(peer.ours()))
            {
                println!(
                    "| {peer} | {} | {} | {:.2} | {:.2} | {:.2} |",
                    micros(quantile(this, 50)),
                    micros(quantile(this, 25)),
                    noise(this),
                    ratio(this, bare),
                    ratio(this, ours)
                );
            }
        }
    }
    println!();
}
