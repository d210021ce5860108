//! Calls of pages: what a browser asks before them (Fetch Standard §3.3), what a page may read of
//! their answers, and what an interface asks before it lets its user begin.

mod app;
mod checks;
mod chromium;
mod layer;
mod layered;
mod preflights;
mod proofs;
mod questions;
