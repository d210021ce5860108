//! Mistakes in putting a service together, and requests that try another door (rows M and H).
//! What the compiler finds is in `ui`; this is what remains for run time.

mod doors;
mod gate_missing;
mod log;
mod proof;
mod secrets;
mod swallowed;
