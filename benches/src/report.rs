//! The tables, in Markdown, and the bars.

use stepup_core::Algorithm;

use crate::Failure;
use crate::measure;
use crate::subject::{ALGORITHMS, Framework, Part, Sent, Subject, Way};

type Series = measure::Series<Subject>;

pub(crate) fn times(all: &[Series]) -> Result<(), Failure> {
    for framework in Framework::ALL {
        let bare = find(all, Subject::Request(framework, Way::Bare, Sent::Nothing))?;
        println!(
            "## {framework:?}: a whole request, bare {} µs (p25 {}, p90/p10 {:.2})\n",
            micros(bare.median()),
            micros(bare.p25()),
            bare.noise(),
        );
        println!(
            "| | hand-written µs (p25) | stepup µs (p25) | hand-written ÷ stepup | stepup ÷ bare \
             | p90/p10 |\n|---|---:|---:|---:|---:|---:|"
        );
        for sent in Sent::all() {
            let (hand, ours) = pair(all, framework, sent)?;
            println!(
                "| {sent} | {} ({}) | {} ({}) | {:.2} | {:.1} | {:.2}, {:.2} |",
                micros(hand.median()),
                micros(hand.p25()),
                micros(ours.median()),
                micros(ours.p25()),
                hand.by(ours),
                ours.by(bare),
                hand.noise(),
                ours.noise(),
            );
        }
        println!();
    }
    println!(
        "## The parts, median µs\n\n| | raw check | `jsonwebtoken::decode` | `Gate::admit` \
         | decode ÷ raw | admit ÷ raw | (axum − bare) ÷ raw | (poem − bare) ÷ raw \
         |\n|---|---:|---:|---:|---:|---:|---:|---:|"
    );
    for algorithm in ALGORITHMS {
        let part = |part| find(all, Subject::Part(part, algorithm));
        let (raw, decode, admit) = (part(Part::RawCheck)?, part(Part::Decode)?, part(Part::Admit)?);
        print!(
            "| {algorithm} | {} | {} | {} | {:.2} | {:.2} |",
            micros(raw.median()),
            micros(decode.median()),
            micros(admit.median()),
            decode.by(raw),
            admit.by(raw),
        );
        for framework in Framework::ALL {
            let bare = find(all, Subject::Request(framework, Way::Bare, Sent::Nothing))?;
            let (_, ours) = pair(all, framework, Sent::Unknown(algorithm))?;
            print!(" {:.2} |", ours.less_by(bare, raw));
        }
        println!();
    }
    println!();
    Ok(())
}

pub(crate) fn allocations(all: &[Series]) -> Result<(), Failure> {
    println!("## Allocations and reallocations of a request\n");
    println!("| | axum hand-written | axum stepup | poem hand-written | poem stepup |");
    print!("|---|---:|---:|---:|---:|\n| bare |");
    for framework in Framework::ALL {
        let bare = find(all, Subject::Request(framework, Way::Bare, Sent::Nothing))?;
        print!(" {0} | {0} |", count(bare));
    }
    println!();
    for sent in Sent::all() {
        print!("| {sent} |");
        for framework in Framework::ALL {
            let (hand, ours) = pair(all, framework, sent)?;
            print!(" {} | {} |", count(hand), count(ours));
        }
        println!();
    }
    println!("\n| | raw check | `jsonwebtoken::decode` | `Gate::admit` |\n|---|---:|---:|---:|");
    for algorithm in ALGORITHMS {
        print!("| {algorithm} |");
        for part in Part::ALL {
            print!(" {} |", count(find(all, Subject::Part(part, algorithm))?));
        }
        println!();
    }
    Ok(())
}

pub(crate) fn list(all: &[Series]) {
    for series in all {
        println!(
            "{:?}: {} µs (p25 {}, p90/p10 {:.2})",
            series.subject,
            micros(series.median()),
            micros(series.p25()),
            series.noise(),
        );
    }
}

/// The bars of the design, with room for a noisy machine.
///
/// A request without a token is a microsecond, where a cache miss is a tenth of the whole: 1.15
/// stands for "no more". The others are long enough to be taken almost as they are written.
pub(crate) fn assert_bars(all: &[Series]) -> Result<(), Failure> {
    let mut broken = Vec::new();
    for framework in Framework::ALL {
        let mut bar = |sent: Sent, most: f64| -> Result<(), Failure> {
            let (hand, ours) = pair(all, framework, sent)?;
            let ratio = ours.by(hand);
            if ratio > most {
                broken.push(format!(
                    "{framework:?}, {sent}: {ratio:.3} of the hand-written extractor, at most {most:.3}"
                ));
            }
            Ok(())
        };
        bar(Sent::Nothing, 1.05)?;
        for algorithm in ALGORITHMS {
            let faster = if algorithm == Algorithm::Rs256 { 1.3 } else { 1.0 };
            bar(Sent::Unkept(algorithm), 1.02 / faster)?;
        }
    }
    if broken.is_empty() { Ok(()) } else { Err(broken.join("\n").into()) }
}

fn find(all: &[Series], subject: Subject) -> Result<&Series, Failure> {
    let found = all.iter().find(|series| series.subject == subject);
    found.ok_or_else(|| format!("{subject:?} has not been measured").into())
}

/// The hand-written extractor and ours.
fn pair(all: &[Series], framework: Framework, sent: Sent) -> Result<(&Series, &Series), Failure> {
    let of = |way| find(all, Subject::Request(framework, way, sent));
    Ok((of(Way::HandWritten)?, of(Way::StepUp)?))
}

fn micros(nanoseconds: f64) -> String {
    let micros = nanoseconds / 1000.0;
    if micros < 10.0 { format!("{micros:.2}") } else { format!("{micros:.1}") }
}

/// A whole number, unless something grows now and then.
fn count(allocations: &Series) -> String {
    let median = allocations.median();
    if median.fract() == 0.0 { format!("{median}") } else { format!("{median:.1}") }
}
