//! Everything that is measured, in one run.

use std::rc::Rc;

use crate::Failure;
use crate::axum_app::AxumApp;
use crate::measure::{self, Read, rounds};
use crate::poem_app::PoemApp;
use crate::subject::{ALGORITHMS, Part, Sent, Subject, Way};
use crate::tokens::Tokens;
use crate::{parts, requests};

type Bench = measure::Bench<Subject>;
type Series = measure::Series<Subject>;

/// All subjects whose name contains `only`, so many rounds, by this counter.
pub(crate) fn measure(round_count: usize, read: Read, only: &str) -> Result<Vec<Series>, Failure> {
    let mut benches: Vec<Bench> = Vec::new();
    let mut signed = Vec::new();
    for algorithm in ALGORITHMS {
        signed.push(Rc::new(Tokens::new(algorithm)?));
    }
    let mut both = |way, sent, tokens| -> Result<(), Failure> {
        benches.push(requests::bench::<AxumApp>(way, sent, tokens)?);
        benches.push(requests::bench::<PoemApp>(way, sent, tokens)?);
        Ok(())
    };
    if let Some(tokens) = signed.first() {
        both(Way::Bare, Sent::Nothing, tokens)?;
        both(Way::HandWritten, Sent::Nothing, tokens)?;
        both(Way::StepUp, Sent::Nothing, tokens)?;
    }
    for tokens in &signed {
        for kind in Sent::KINDS {
            let sent = kind(tokens.issuer.algorithm());
            both(Way::HandWritten, sent, tokens)?;
            both(Way::StepUp, sent, tokens)?;
        }
    }
    for tokens in &signed {
        for part in Part::ALL {
            benches.push(parts::bench(part, tokens)?);
        }
    }
    benches.retain(|bench| format!("{:?}", bench.subject).contains(only));
    rounds(&mut benches, round_count, read)
}
