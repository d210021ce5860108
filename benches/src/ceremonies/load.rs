//! Requests at a fixed rate, whatever becomes of those before.

use std::thread::sleep;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

use crate::Failure;
use crate::measure::quantile;

/// How long each took, from the moment that it was to begin: a request that is late because the
/// one before kept everything busy has waited.
pub(crate) struct Latencies {
    milliseconds: Vec<f64>,
    /// What came in place of an answer as it has to be.
    pub(crate) odd: Vec<String>,
}

impl Latencies {
    pub(crate) fn count(&self) -> usize {
        self.milliseconds.len()
    }

    /// Below this are so many percent.
    pub(crate) fn quantile(&self, percent: usize) -> f64 {
        quantile(&self.milliseconds, percent)
    }
}

/// Begins so many of these a second, all on the runtime, and a `tick` of the clock each second.
///
/// They are begun by a thread that does nothing else: a runtime's own timer counts milliseconds.
pub(crate) fn open_loop<J>(
    runtime: &Runtime,
    rate: u32,
    tick: impl Fn(),
    jobs: impl Iterator<Item = J>,
) -> Result<Latencies, Failure>
where
    J: Future<Output = Result<(), String>> + Send + 'static,
{
    let jobs: Vec<J> = jobs.collect();
    let mut running = Vec::with_capacity(jobs.len());
    let begin = Instant::now();
    for (number, job) in (0u32..).zip(jobs) {
        if number.is_multiple_of(rate) {
            tick();
        }
        let due = begin + Duration::from_secs(1) * number / rate;
        sleep(due.saturating_duration_since(Instant::now()));
        running.push(runtime.spawn(async move {
            let done = job.await;
            (due.elapsed(), done)
        }));
    }
    let mut all = Latencies { milliseconds: Vec::with_capacity(running.len()), odd: Vec::new() };
    for task in running {
        let (took, done) = runtime.block_on(task)?;
        all.milliseconds.push(took.as_secs_f64() * 1000.0);
        all.odd.extend(done.err());
    }
    Ok(all)
}
