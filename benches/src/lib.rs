//! What a guard costs: the bare route, a hand-written extractor and `#[step_up]` side by side, in
//! axum and in poem. And how an authority does while many ceremonies are open. `README.md` says how
//! to run it and how to read what it prints.

mod allocations;
mod axum_app;
mod ceremonies;
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
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

pub use allocations::allocations;
pub use axum_app::{axum_behind, axum_router};
pub use ceremonies::{Settings, StoreKind, ceremonies};
pub use compile::compile;
pub use hand_written::{Checks, Claims, Refusal};
pub use measure::{Batch, Bench, Items, Read, Rotation, Run, Series, at_once, quantile, rounds};
pub use parts::raw_check;
pub use poem_app::{poem_behind, poem_route};
pub use subject::{Sent, Way};
pub use times::{cpu_nanoseconds, some_times, times};
pub use tokens::{Tokens, credential, token};
