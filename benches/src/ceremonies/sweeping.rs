//! Throwing away what is over.

use std::time::{Duration, Instant};

use stepup_authority::store::Store;
use stepup_core::Timestamp;
use tokio::runtime::Runtime;

use crate::Failure;
use crate::times::cpu_nanoseconds;

/// As many at once as the authority has its store throw away.
const AT_ONCE: usize = 500;

/// How it went.
#[derive(Default)]
pub(crate) struct Sweeps {
    pub(crate) calls: usize,
    pub(crate) records: usize,
    /// The longest call.
    pub(crate) longest: Duration,
    /// The most CPU time that a call took of the thread that made it.
    pub(crate) longest_cpu: Duration,
}

/// Sweeps until nothing is left. A store that throws away by itself has nothing.
pub(crate) fn sweep_all(
    runtime: &Runtime,
    store: &dyn Store,
    before: Timestamp,
) -> Result<Sweeps, Failure> {
    let mut all = Sweeps::default();
    loop {
        let (begun, cpu) = (Instant::now(), cpu_nanoseconds());
        let swept = runtime.block_on(store.sweep(before, AT_ONCE))?;
        let (took, cpu) = (begun.elapsed(), Duration::from_nanos(cpu_nanoseconds() - cpu));
        if swept == 0 {
            return Ok(all);
        }
        all.calls += 1;
        all.records += swept;
        all.longest = all.longest.max(took);
        all.longest_cpu = all.longest_cpu.max(cpu);
    }
}
