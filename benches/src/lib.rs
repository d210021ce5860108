//! What a guard costs: the bare route, a hand-written extractor and `#[step_up]` side by side, in
//! axum and in poem. `README.md` says how to run it and how to read what it prints.

mod allocations;
mod axum_app;
mod compile;
mod hand_written;
mod measure;
mod parts;
mod poem_app;
mod report;
mod requests;
mod subject;
mod suite;
mod times;
mod tokens;

/// What can stop a run: a setting that is wrong, or an app that answers otherwise than it must.
pub type Failure = Box<dyn std::error::Error>;

pub use allocations::allocations;
pub use compile::compile;
pub use measure::Read;
pub use times::{some_times, times};
