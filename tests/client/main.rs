//! `stepup-client`: the table that all clients share, hostile APIs, the authority, and a certified
//! provider.

mod authorities;
mod authority;
mod bank;
mod devices;
mod double;
mod elsewhere;
mod flights;
mod hostile;
mod kept;
mod origins;
#[path = "../provider/partner.rs"]
mod partner;
mod provider;
mod reasons;
mod replays;
mod scripted;
mod servers;
mod sessions;
mod table;
mod turns;
mod unfinished;
