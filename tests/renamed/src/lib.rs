//! A service that knows the adapters by other names only, and is strict with itself: what the
//! attribute writes must not set off a lint.
#![forbid(unsafe_code)]
#![deny(
    warnings,
    missing_debug_implementations,
    missing_docs,
    private_bounds,
    private_interfaces,
    single_use_lifetimes,
    unnameable_types,
    unreachable_pub,
    unused,
    unused_qualifications,
    unused_results,
    clippy::all,
    clippy::nursery,
    clippy::pedantic
)]

pub mod axum_handlers;
pub mod poem_handlers;

/// As a house's own prelude has them.
pub mod house {
    pub use renamed_axum as for_axum;

    /// By a glob.
    pub mod for_poem {
        pub use renamed_poem::*;
    }
}
