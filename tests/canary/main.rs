//! What an authority gives away, and what it keeps to itself: nothing secret in logs, stores and
//! objects (P1, S10, I7); the same work for what must not be told apart (C12); a full store (F9,
//! C14); clocks that jump (F7).

mod clocks;
mod dumps;
mod full;
mod secrets;
mod story;
mod watched;
mod work;
