//! The tables of part three, in Markdown.

use crate::keys::{DELAY, LONGEST, Measured, Waits};

pub(crate) fn print(measured: &[Measured]) {
    println!(
        "# Keys from an issuer that takes {DELAY:?} to answer\n\n\
         ## 10,000 random `kid`s in five seconds; good requests meanwhile, ms\n\n\
         | | fetches | answer | unanswered | alone: p50 / p99 / longest | meanwhile | good ones \
         failed |\n|---|---:|---:|---:|---:|---:|---:|"
    );
    for Measured { subject, flood, .. } in measured {
        let answer = flood.answer.map_or("none".to_owned(), |status| status.as_str().to_owned());
        println!(
            "| {} | {} | {answer} | {} | {} | {} | {} |",
            subject.name(),
            flood.fetches,
            flood.unanswered,
            waits(&flood.alone),
            waits(&flood.during),
            flood.alone.failed + flood.during.failed
        );
    }
    println!(
        "\n## 1,000 simultaneous tokens under a new key\n\n\
         | | fetches | accepted | refused | accepted after |\n|---|---:|---:|---:|---:|"
    );
    for Measured { subject, rotation, learnt, .. } in measured {
        let after = match learnt {
            None => "not measured".to_owned(),
            Some(None) => format!("not in {} s", LONGEST.as_secs()),
            Some(Some(time)) => format!("{:.1} s", time.as_secs_f64()),
        };
        println!(
            "| {} | {} | {} | {} | {after} |",
            subject.name(),
            rotation.fetches,
            rotation.accepted,
            rotation.refused
        );
    }
    println!();
}

fn waits(waits: &Waits) -> String {
    let [p50, p99, longest] = [waits.p50, waits.p99, waits.longest]
        .map(|wait| if wait.is_finite() { format!("{wait:.2}") } else { "never".to_owned() });
    format!("{p50} / {p99} / {longest}")
}
