//! Requests that a user approves on a device of theirs, by typing the number that stands on the
//! screen where they began (R-PUSH, O24, O25); in both frameworks and on every store.

mod answers;
mod devices;
mod fatigue;
mod forged;
mod outage;
mod pairing;
mod polls;
mod races;
mod scene;
mod secrets;
mod webhook;
mod withdrawn;
