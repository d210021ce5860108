//! PostgreSQL: what the suite asks, and what happens to servers.

mod conforms;
mod dropped;
mod faults;
mod garbage;
mod patience;
mod scene;
mod start;
