//! What the project promises of its speed, each with its figure.

use stepup_benches::{Sent, Series};
use stepup_core::Algorithm;

use crate::Failure;
use crate::allocations::Allocations;
use crate::figures::{Figures, ratio};
use crate::keys::{Measured, ROTATED};
use crate::loopback;
use crate::requests::Subject;
use crate::requests_report::{Times, fastest};
use crate::subject::{ALGORITHMS, Peer};

const OURS: [Peer; 2] = [Peer::StepupAxum, Peer::StepupPoem];

#[derive(Default)]
pub(crate) struct Bars(Vec<(String, String, Option<bool>)>);

impl Bars {
    fn at_most(&mut self, bar: String, figure: f64, most: f64, unit: &str) {
        self.0.push((bar, format!("{figure:.3}{unit}, at most {most}"), Some(figure <= most)));
    }

    fn at_least(&mut self, bar: String, figure: f64, least: f64) {
        self.0.push((bar, format!("{figure:.2}, at least {least}"), Some(figure >= least)));
    }

    pub(crate) fn requests(
        &mut self,
        all: &[Series<Subject>],
        counted: &Allocations,
    ) -> Result<(), Failure> {
        let times = Times(all);
        for ours in OURS {
            for algorithm in ALGORITHMS {
                let bare = times.bare(ours, Sent::Known(algorithm))?;
                let known = times.request(ours, Sent::Known(algorithm))?;
                let more = (known.median() - bare.median()) / 1000.0;
                let bar = format!("{ours}, known token, {algorithm}: more than bare");
                self.at_most(bar, more, 0.5, " µs");
                let more = counted.of(known.subject).zip(counted.of(bare.subject));
                let more = more.map_or(f64::NAN, |(known, bare)| known - bare);
                let bar = format!("{ours}, known token, {algorithm}: allocations more than bare");
                self.at_most(bar, more, 0.0, "");
            }
            for (algorithm, least) in [(Algorithm::Rs256, 80.0), (Algorithm::Es256, 200.0)] {
                let known = times.request(ours, Sent::Known(algorithm))?;
                let bare = times.bare(ours, Sent::Known(algorithm))?;
                if let Some((peer, other)) = fastest(&times, algorithm, Peer::is_crate) {
                    let theirs =
                        other.median() - times.bare(peer, Sent::Unknown(algorithm))?.median();
                    let bar = format!(
                        "{algorithm}: what the fastest peer, {peer}, adds ÷ what {ours} adds to a \
                         known token"
                    );
                    self.at_least(bar, theirs / (known.median() - bare.median()), least);
                }
            }
            for algorithm in ALGORITHMS {
                let least = if algorithm == Algorithm::Rs256 { 1.3 } else { 1.0 };
                let raw = times.of(Subject::RawCheck(algorithm))?;
                let bare = times.bare(ours, Sent::Unknown(algorithm))?;
                for sent in [Sent::Unknown(algorithm), Sent::Unkept(algorithm)] {
                    let unknown = times.request(ours, sent)?;
                    if let Some((peer, other)) = fastest(&times, algorithm, Peer::is_crate) {
                        let bar = format!("{sent}: the fastest peer, {peer}, ÷ {ours}");
                        self.at_least(bar, other.by(unknown), least);
                    }
                    let bar = format!("{sent}: ({ours} − bare) ÷ the raw signature check");
                    self.at_most(bar, unknown.less_by(bare, raw), 1.15, "");
                }
            }
        }
        Ok(())
    }

    pub(crate) fn loopback(&mut self, figures: &Figures<(Peer, Algorithm)>) {
        for ours in OURS {
            for algorithm in loopback::ALGORITHMS {
                let of = |peer: Peer| figures.of(&(peer, algorithm));
                if let Some((this, bare)) = of(ours).zip(of(ours.bare())) {
                    let bar = format!("{ours}, known token, {algorithm}, over loopback: ÷ bare");
                    self.at_most(bar, ratio(this, bare), 1.25, "");
                }
            }
        }
    }

    pub(crate) fn keys(&mut self, all: &[Measured]) {
        for ours in OURS {
            let Some(measured) = all.iter().find(|measured| measured.subject.peer() == ours) else {
                let bars = [
                    "10,000 random `kid`s: at most 2 fetches, good tokens not slowed",
                    "1,000 tokens under a new key: 1 fetch, all accepted",
                ];
                for bar in bars {
                    let why = "not measured".to_owned();
                    self.0.push((format!("{ours}, {bar}"), why, None));
                }
                continue;
            };
            let (flood, rotation) = (&measured.flood, &measured.rotation);
            let bar = format!("{ours}, 10,000 random `kid`s: fetches");
            self.at_most(bar, count(flood.fetches), 2.0, "");
            // A millisecond is what the machine's scheduler alone may cost.
            let bar = format!("{ours}, 10,000 random `kid`s: p99 of good tokens");
            self.at_most(bar, flood.during.p99, 2.0 * flood.alone.p99 + 1.0, " ms");
            let bar = format!("{ours}, 10,000 random `kid`s: good tokens that failed");
            self.at_most(bar, count(flood.during.failed), 0.0, "");
            let bar = format!("{ours}, 1,000 tokens under a new key: fetches");
            self.at_most(bar, count(rotation.fetches), 1.0, "");
            let bar = format!("{ours}, 1,000 tokens under a new key: accepted");
            self.at_least(bar, count(rotation.accepted), count(ROTATED));
        }
    }

    pub(crate) fn print(&self) {
        println!("# The bars\n\n| | figure | |\n|---|---|---|");
        for (bar, figure, holds) in &self.0 {
            let holds = match holds {
                Some(true) => "holds",
                Some(false) => "**missed**",
                None => "",
            };
            println!("| {bar} | {figure} | {holds} |");
        }
        println!(
            "| 200 annotated handlers ÷ 200 with `#[debug_handler]` | `cargo run --release -p \
             stepup-benches -- compile` | |"
        );
    }
}

fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}
