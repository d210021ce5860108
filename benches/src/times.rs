//! The run that measures time.

use nix::time::{ClockId, clock_gettime};

use crate::Failure;
use crate::{report, suite};

/// Measures the CPU time of everything, prints the tables, and with `assert` fails where a bar is
/// broken.
///
/// # Errors
///
/// An app answers otherwise than it must, or a bar is broken.
pub fn times(rounds: usize, assert: bool) -> Result<(), Failure> {
    let all = suite::measure(rounds, cpu_nanoseconds, "")?;
    report::times(&all)?;
    if assert { report::assert_bars(&all) } else { Ok(()) }
}

/// Measures only the subjects whose name contains this: for a profiler, and while working on one.
///
/// # Errors
///
/// An app answers otherwise than it must.
pub fn some_times(rounds: usize, only: &str) -> Result<(), Failure> {
    report::list(&suite::measure(rounds, cpu_nanoseconds, only)?);
    Ok(())
}

/// The CPU time of this thread, since it began.
///
/// # Panics
///
/// On a Linux before 2.6.12, which has no such clock.
#[expect(clippy::expect_used, reason = "see above")]
#[must_use]
pub fn cpu_nanoseconds() -> u64 {
    let time = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).expect("a clock");
    // It counts from the thread's beginning, so it is not negative.
    time.tv_sec().unsigned_abs() * 1_000_000_000 + time.tv_nsec().unsigned_abs()
}
