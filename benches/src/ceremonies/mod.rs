//! An authority with many open ceremonies: its memory, how soon it answers, and how long it takes
//! to throw away what is over.

mod customers;
mod disk;
mod draft;
mod kind;
mod load;
mod memory;
mod report;
mod service;
mod sweeping;

use std::sync::Arc;
use std::time::{Duration, Instant};

use stepup_authority::SealingKeys;
use stepup_authority::store::{MemoryStore, Store};
use stepup_core::{Clock, ManualClock, SystemClock};
use tokio::runtime::Runtime;

use self::customers::{Customer, enrolled, opened, prompted};
use self::disk::Page;
use self::draft::Draft;
pub use self::kind::StoreKind;
use self::load::{Latencies, open_loop};
use self::memory::{Growth, resident};
use self::service::Service;
use self::sweeping::{Sweeps, sweep_all};
use crate::Failure;

/// How much is done.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "private to the workspace")]
pub struct Settings {
    /// How many ceremonies are open, each of another user.
    pub open: usize,
    /// Requests a second; `None`: as many as the kind of store has.
    pub rate: Option<u32>,
    /// How long at that rate.
    pub seconds: u32,
    /// Whether a broken bar is a failure.
    pub assert: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { open: 100_000, rate: None, seconds: 20, assert: false }
    }
}

/// What came out for one kind of store.
pub(crate) struct Outcome {
    pub(crate) kind: StoreKind,
    pub(crate) open: usize,
    pub(crate) rate: u32,
    pub(crate) filled_in: Duration,
    /// Of the store in memory alone.
    pub(crate) growth: Option<Growth>,
    /// Tasks that do nothing, at the same rate: what the machine adds.
    pub(crate) nothing: Latencies,
    /// Single pages that are written to disk, for stores that wait for it.
    pub(crate) disk: Option<Latencies>,
    pub(crate) begin: Latencies,
    pub(crate) proof: Latencies,
    pub(crate) begin_while_swept: Latencies,
    pub(crate) sweeps: Sweeps,
}

/// Longer than a ceremony is kept, and shorter than a login lasts.
const UNTIL_OVER: Duration = Duration::from_secs(25 * 60);
/// Longer than anything is kept that is not kept for ever.
const UNTIL_ALL_OVER: Duration = Duration::from_secs(3 * 24 * 60 * 60);

/// Measures each of these and prints the tables.
///
/// # Errors
///
/// A server does not start, a ceremony does not open, or, where it is asked for, a bar is broken.
pub fn ceremonies(kinds: &[StoreKind], settings: &Settings) -> Result<(), Failure> {
    let outcomes =
        kinds.iter().map(|kind| measure(*kind, settings)).collect::<Result<Vec<_>, _>>()?;
    report::print(&outcomes);
    if settings.assert { report::assert_bars(&outcomes) } else { Ok(()) }
}

fn measure(kind: StoreKind, settings: &Settings) -> Result<Outcome, Failure> {
    eprintln!("{kind}: filling");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let rate = settings.rate.unwrap_or(kind.rate()).max(1);
    // The real time: Redis has no other.
    let clock = Arc::new(ManualClock::at(SystemClock.now()));
    let sealing = Arc::new(SealingKeys::generate()?);
    let server = kind.start()?;
    let begun = Instant::now();
    let (service, mut customers, growth) = match &server {
        None => in_memory(&runtime, settings.open, &clock, &sealing)?,
        Some(server) => {
            let customers = runtime.block_on(async {
                let patient = server.open(Some(kind::PATIENCE)).await?;
                let draft = Arc::new(Draft::of(patient.as_ref()).await?);
                let service = Service::start(draft.clone(), &clock, &sealing).await?;
                let mut customers = service.customers(settings.open).await?;
                enrolled(&service, &mut customers).await?;
                opened(&service, &mut customers).await?;
                prompted(&service, &mut customers).await?;
                eprintln!("{kind}: pouring, after {:.0} s", begun.elapsed().as_secs_f64());
                draft.pour(patient.as_ref()).await?;
                server.settle().await?;
                Ok::<_, Failure>(customers)
            })?;
            let store = runtime.block_on(server.open(None))?;
            (runtime.block_on(Service::start(store, &clock, &sealing))?, customers, None)
        }
    };
    let filled_in = begun.elapsed();
    fastrand::Rng::with_seed(9470).shuffle(&mut customers);

    let count = (rate * settings.seconds) as usize;
    let tick = || clock.advance(Duration::from_secs(1));
    let nothing = open_loop(&runtime, rate, tick, (0..count).map(|_| async { Ok(()) }))?;
    let page = Page::new()?;
    let pages = (0..count).map(|_| page.write());
    let disk = kind.waits_for_disk().then(|| open_loop(&runtime, rate, tick, pages));
    let load = |what: &str, requests: Vec<_>, status| {
        eprintln!("{kind}: {what}");
        let jobs = requests.into_iter().map(|request| service.clone().answers(request, status));
        open_loop(&runtime, rate, tick, jobs)
    };
    let some = |requests: fn(&Customer) -> Result<_, Failure>| {
        customers.iter().take(count).map(requests).collect::<Result<Vec<_>, _>>()
    };
    // First what opens more of them, so that there are never fewer.
    let begin = load("begin", some(Customer::begin)?, 201)?;
    let proof = load("proof", some(Customer::proof)?, 200)?;
    clock.advance(UNTIL_OVER);
    let begin_while_swept = load("begin while sweeping", some(Customer::begin)?, 201)?;
    eprintln!("{kind}: sweeping");
    clock.advance(UNTIL_ALL_OVER);
    let sweeps = sweep_all(&runtime, service.store.as_ref(), clock.now())?;
    Ok(Outcome {
        kind,
        open: settings.open,
        rate,
        filled_in,
        growth,
        nothing,
        disk: disk.transpose()?,
        begin,
        proof,
        begin_while_swept,
        sweeps,
    })
}

/// What the harness itself holds of each customer is there before the first reading.
fn in_memory(
    runtime: &Runtime,
    open: usize,
    clock: &Arc<ManualClock>,
    sealing: &Arc<SealingKeys>,
) -> Result<(Service, Vec<Customer>, Option<Growth>), Failure> {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    runtime.block_on(async {
        let service = Service::start(store, clock, sealing).await?;
        let mut customers = service.customers(open).await?;
        let before = resident()?;
        enrolled(&service, &mut customers).await?;
        let accounts = resident()?;
        opened(&service, &mut customers).await?;
        let ceremonies = resident()?;
        prompted(&service, &mut customers).await?;
        let codes = resident()?;
        let growth = Growth { before, accounts, ceremonies, codes };
        Ok((service, customers, Some(growth)))
    })
}
