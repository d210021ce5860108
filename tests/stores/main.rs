//! The authority's stores on real servers.

mod postgres;
