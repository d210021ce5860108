//! What every store has to pass: run it on one of your own.
//!
//! ```
//! use std::sync::Arc;
//!
//! use stepup_authority::store::conformance::{Nonconformance, Suite};
//! use stepup_authority::store::{MemoryStore, Store};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Nonconformance> {
//! let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
//! // Of a store with a server: connect once more, each time.
//! Suite::new().rounds(2).run(async || Ok(store.clone())).await
//! # }
//! ```

mod commits;
mod keeping;
mod nonconformance;
mod races;
mod records;
mod skew;
mod subject;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

pub use self::nonconformance::Nonconformance;
use self::subject::{Outcome, Subject};
use super::{Store, StoreError};

/// The most bytes of one value that a store has to keep: 64 KiB. What the authority writes is far
/// smaller.
pub const LARGEST_VALUE: usize = 64 * 1024;

/// How long one case may take. Nothing here waits for a clock, so more is a lock that nobody
/// gives back.
const PATIENCE: Duration = Duration::from_secs(60);

/// The cases, and how often those that race are repeated.
///
/// ```
/// use stepup_authority::store::conformance::Suite;
/// let overnight = Suite::new().rounds(10_000);
/// ```
#[derive(Clone, Debug)]
pub struct Suite {
    rounds: usize,
    takers: usize,
}

impl Suite {
    /// 20 rounds with 64 takers each: seconds, for a store nearby.
    #[must_use]
    pub const fn new() -> Self {
        Self { rounds: 20, takers: 64 }
    }

    /// How often each race is run; once at least.
    ///
    /// ```
    /// let suite = stepup_authority::store::conformance::Suite::new().rounds(100);
    /// ```
    #[must_use]
    pub const fn rounds(mut self, rounds: usize) -> Self {
        self.rounds = if rounds == 0 { 1 } else { rounds };
        self
    }

    /// How many reach for one record at once; two at least.
    ///
    /// ```
    /// let suite = stepup_authority::store::conformance::Suite::new().takers(8);
    /// ```
    #[must_use]
    pub const fn takers(mut self, takers: usize) -> Self {
        self.takers = if takers < 2 { 2 } else { takers };
        self
    }

    /// Runs every case, until one does not hold.
    ///
    /// Each call of `open` gives another handle, best another connection, to the same store. It
    /// has to be a store of its own: the suite sweeps it. What it writes it leaves there. Run it
    /// on a runtime with more than one thread, or little races.
    ///
    /// # Errors
    ///
    /// The case that does not hold, and what was expected and found.
    pub async fn run(
        &self,
        open: impl AsyncFn() -> Result<Arc<dyn Store>, StoreError>,
    ) -> Result<(), Nonconformance> {
        let opened = |error| Nonconformance::new("open", format!("it does not open: {error}"));
        let (one, other) = (open().await.map_err(opened)?, open().await.map_err(opened)?);
        let subject = Subject::new(one, other).await.map_err(|found| found.in_case("open"))?;
        macro_rules! run {
            ($($module:ident: $($case:ident($($argument:expr),*)),+;)+) => {$($({
                let name = concat!(stringify!($module), "::", stringify!($case));
                let case = $module::$case(&subject $(, $argument)*);
                in_time(name, case).await?;
            })+)+};
        }
        run! {
            records: absent(), bytes(), order(), many_at_once(), nothing_asked();
            commits: creation(), replacement(), removal(), keeping(), all_or_nothing(), no_revision_returns(),
                epoch();
            keeping: sweeps_what_is_past(), never_sweeps_what_stays(), keeps_to_the_limit(),
                last_word_counts();
            races: s1_one_taker(self.rounds, self.takers), no_increment_is_lost(self.rounds),
                transfers_keep_the_sum(self.rounds);
            skew: kept_records(self.rounds), kept_absences(self.rounds);
        }
        Ok(())
    }
}

impl Default for Suite {
    fn default() -> Self {
        Self::new()
    }
}

async fn in_time(name: &'static str, case: impl Future<Output = Outcome>) -> Outcome {
    match tokio::time::timeout(PATIENCE, case).await {
        Ok(outcome) => outcome.map_err(|found| found.in_case(name)),
        Err(_) => Err(Nonconformance::new(
            name,
            format!("it did not end within {} s: is there a deadlock?", PATIENCE.as_secs()),
        )),
    }
}
