//! Issuers that publish their keys, and all that can go wrong with that.

mod canary;
mod certificate;
mod faults;
mod flights;
mod kids;
mod latency;
mod published;
mod recovery;
mod rotation;
mod scene;
mod several;
mod start;
mod still;
mod told;
mod waiting;
