//! The whole loop: a weak token, a challenge, a ceremony, a stepped-up token, admitted; in both
//! frameworks and on every store.

mod base_tokens;
mod bound;
mod changed;
mod choice;
mod discovered;
#[path = "../races/doubles/mod.rs"]
mod doubles;
mod elsewhere;
mod exchange;
mod mail;
mod phone;
mod polling;
mod provider_down;
#[path = "../src/bin/authority_server/providers.rs"]
mod providers;
mod put_together;
mod resumed;
mod rows;
mod story;
mod strong;
mod text;
mod tightened;

// Where the doubles look for it.
use doubles::double;
