//! The store in SQLite: in files, in memory, and in what others left behind.

mod conforms;
mod dropped;
mod full;
mod garbage;
mod scene;
mod start;
