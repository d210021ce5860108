//! Interleaved rounds, and what they say.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use crate::Failure;

/// Reads a counter that only rises: nanoseconds of this thread's CPU time, or allocations.
pub type Read = fn() -> u64;

/// Does a batch of work and says by how much the counter rose.
pub type Run = Box<dyn FnMut(Read) -> Result<u64, Failure>>;

/// Something to measure. It prepares a batch of work, then reads the counter before and after it.
#[expect(missing_debug_implementations, reason = "it is mostly a closure")]
#[expect(clippy::exhaustive_structs, reason = "private to the workspace")]
pub struct Bench<S> {
    /// What is measured.
    pub subject: S,
    /// How much of it.
    pub batch: Batch,
    /// The work.
    pub run: Run,
}

/// How often the work is done before the first reading, to warm up, and between the readings:
/// long enough for the clock's own cost not to show, short enough to spread over many rounds.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "private to the workspace")]
pub struct Batch {
    /// Before the first reading.
    pub warm: usize,
    /// Between the readings.
    pub counted: u32,
}

impl Batch {
    /// For work of a microsecond or so.
    pub const SMALL_WORK: Self = Self { warm: 16, counted: 64 };
    /// For work with a signature check in it.
    pub const SIGNATURES: Self = Self { warm: 4, counted: 16 };

    /// The whole batch.
    #[must_use]
    pub const fn all(self) -> usize {
        self.warm + self.counted as usize
    }
}

/// Hands items out, a batch at a time, over and over.
#[derive(Debug)]
pub struct Rotation<T> {
    items: Vec<T>,
    next: usize,
}

impl<T> Rotation<T> {
    /// Over these.
    #[must_use]
    pub fn new(items: Vec<T>) -> Self {
        Self { items, next: 0 }
    }

    /// The next batch; from the beginning where too few are left.
    pub fn next(&mut self, batch: Batch) -> Items<'_, T> {
        let again = self.next + batch.all() > self.items.len();
        let begin = if again { 0 } else { self.next };
        self.next = begin + batch.all();
        let items = self.items.get(begin..self.next).unwrap_or_default();
        let (warm, counted) = items.split_at_checked(batch.warm).unwrap_or_default();
        Items { warm, counted, again }
    }
}

/// A batch of items. What is measured works on copies made right before, which lie where a server
/// has just read a request to.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "private to the workspace")]
pub struct Items<'a, T> {
    /// For before the first reading.
    pub warm: &'a [T],
    /// For between the readings.
    pub counted: &'a [T],
    /// Whether they have been handed out before.
    pub again: bool,
}

/// One subject's figures: per piece of work, one of each round.
#[derive(Debug)]
pub struct Series<S> {
    /// What was measured.
    pub subject: S,
    rounds: Vec<f64>,
}

/// Runs everything once a round, in another order each time, so that what disturbs the machine
/// falls on all alike.
///
/// # Errors
///
/// The first error of a bench.
pub fn rounds<S: Copy>(
    benches: &mut [Bench<S>],
    rounds: usize,
    read: Read,
) -> Result<Vec<Series<S>>, Failure> {
    let mut random = fastrand::Rng::with_seed(9470);
    let mut all: Vec<_> = benches
        .iter()
        .map(|bench| Series { subject: bench.subject, rounds: Vec::with_capacity(rounds) })
        .collect();
    let mut order: Vec<_> = benches.iter_mut().zip(&mut all).collect();
    for _ in 0..rounds {
        random.shuffle(&mut order);
        for (bench, series) in &mut order {
            let spent = u32::try_from((bench.run)(read)?)?;
            series.rounds.push(f64::from(spent) / f64::from(bench.batch.counted));
        }
    }
    drop(order);
    Ok(all)
}

impl<S> Series<S> {
    /// The median.
    #[must_use]
    pub fn median(&self) -> f64 {
        quantile(&self.rounds, 50)
    }

    /// The first quartile.
    #[must_use]
    pub fn p25(&self) -> f64 {
        quantile(&self.rounds, 25)
    }

    /// The ninth decile by the first: 1 on a machine that does nothing else.
    #[must_use]
    pub fn noise(&self) -> f64 {
        quantile(&self.rounds, 90) / quantile(&self.rounds, 10)
    }

    /// The median of this by `other`, each pair of one round.
    #[must_use]
    pub fn by(&self, other: &Self) -> f64 {
        let pairs = self.rounds.iter().zip(&other.rounds);
        quantile(&pairs.map(|(this, other)| this / other).collect::<Vec<_>>(), 50)
    }

    /// The median of this less `less`, by `other`.
    #[must_use]
    pub fn less_by(&self, less: &Self, other: &Self) -> f64 {
        let rounds = self.rounds.iter().zip(&less.rounds).zip(&other.rounds);
        quantile(&rounds.map(|((this, less), by)| (this - less) / by).collect::<Vec<_>>(), 50)
    }
}

/// The value below which so many percent lie.
#[must_use]
pub fn quantile(values: &[f64], percent: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = sorted.len().saturating_sub(1) * percent / 100;
    sorted.get(place).copied().unwrap_or(f64::NAN)
}

/// What a future gives that waits for nothing, as all here do: without an executor, whose own cost
/// would be in every figure.
pub fn at_once<F: Future>(future: F) -> Option<F::Output> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}
