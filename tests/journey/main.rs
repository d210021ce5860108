//! The whole loop: a weak token, a challenge, a ceremony, a stepped-up token, admitted; in both
//! frameworks and on every store.

mod base_tokens;
mod bound;
mod changed;
mod choice;
mod discovered;
mod exchange;
mod mail;
mod phone;
mod polling;
mod provider_down;
mod put_together;
mod resumed;
mod rows;
mod story;
mod strong;
mod text;
mod tightened;
