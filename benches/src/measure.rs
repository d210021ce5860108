//! Interleaved rounds, and what they say.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use crate::Failure;
use crate::subject::Subject;

/// Reads a counter that only rises: nanoseconds of this thread's CPU time, or allocations.
pub type Read = fn() -> u64;

pub(crate) type Run = Box<dyn FnMut(Read) -> Result<u64, Failure>>;

/// Something to measure. It prepares a batch of work, then reads the counter before and after it.
pub(crate) struct Bench {
    pub(crate) subject: Subject,
    pub(crate) batch: Batch,
    pub(crate) run: Run,
}

/// How often the work is done before the first reading, to warm up, and between the readings:
/// long enough for the clock's own cost not to show, short enough to spread over many rounds.
#[derive(Clone, Copy)]
pub(crate) struct Batch {
    pub(crate) warm: usize,
    pub(crate) counted: u32,
}

impl Batch {
    /// For work of a microsecond or so.
    pub(crate) const SMALL_WORK: Self = Self { warm: 16, counted: 64 };
    /// For work with a signature check in it.
    pub(crate) const SIGNATURES: Self = Self { warm: 4, counted: 16 };

    pub(crate) const fn all(self) -> usize {
        self.warm + self.counted as usize
    }
}

/// Hands items out, a batch at a time, over and over.
pub(crate) struct Rotation<T> {
    items: Vec<T>,
    next: usize,
}

impl<T> Rotation<T> {
    pub(crate) fn new(items: Vec<T>) -> Self {
        Self { items, next: 0 }
    }

    pub(crate) fn next(&mut self, batch: Batch) -> Items<'_, T> {
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
pub(crate) struct Items<'a, T> {
    pub(crate) warm: &'a [T],
    pub(crate) counted: &'a [T],
    /// Whether they have been handed out before.
    pub(crate) again: bool,
}

/// One subject's figures: per piece of work, one of each round.
pub(crate) struct Series {
    pub(crate) subject: Subject,
    rounds: Vec<f64>,
}

/// Runs everything once a round, in another order each time, so that what disturbs the machine
/// falls on all alike.
pub(crate) fn rounds(
    benches: &mut [Bench],
    rounds: usize,
    read: Read,
) -> Result<Vec<Series>, Failure> {
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

impl Series {
    pub(crate) fn median(&self) -> f64 {
        quantile(&self.rounds, 50)
    }

    pub(crate) fn p25(&self) -> f64 {
        quantile(&self.rounds, 25)
    }

    /// The ninth decile by the first: 1 on a machine that does nothing else.
    pub(crate) fn noise(&self) -> f64 {
        quantile(&self.rounds, 90) / quantile(&self.rounds, 10)
    }

    /// The median of this by `other`, each pair of one round.
    pub(crate) fn by(&self, other: &Self) -> f64 {
        let pairs = self.rounds.iter().zip(&other.rounds);
        quantile(&pairs.map(|(this, other)| this / other).collect::<Vec<_>>(), 50)
    }

    /// The median of this less `less`, by `other`.
    pub(crate) fn less_by(&self, less: &Self, other: &Self) -> f64 {
        let rounds = self.rounds.iter().zip(&less.rounds).zip(&other.rounds);
        quantile(&rounds.map(|((this, less), by)| (this - less) / by).collect::<Vec<_>>(), 50)
    }
}

/// The value below which so many percent lie.
pub(crate) fn quantile(values: &[f64], percent: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = sorted.len().saturating_sub(1) * percent / 100;
    sorted.get(place).copied().unwrap_or(f64::NAN)
}

/// What a future gives that waits for nothing, as all here do: without an executor, whose own cost
/// would be in every figure.
pub(crate) fn at_once<F: Future>(future: F) -> Option<F::Output> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}
