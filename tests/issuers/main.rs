//! Issuers that publish their keys, and all that can go wrong with that.

mod faults;
mod flights;
mod kids;
mod recovery;
mod scene;
mod still;
