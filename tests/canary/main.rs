//! What an authority gives away, and what it keeps to itself: nothing secret in logs, stores and
//! objects (P1, S10, I7); the same work for what must not be told apart (C12); a full store (F9,
//! F17, C14); clocks that jump (F7) or differ (S11); records that end (S5).

mod clocks;
mod disk;
mod dumps;
mod full;
mod keeping;
#[path = "../model/key.rs"]
mod key;
mod secrets;
mod skew;
mod story;
mod strong;
mod watched;
mod work;
