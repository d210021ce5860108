//! What is read from an issuer over the network: its metadata and its keys.

mod discovery;
mod fetch;
mod metadata;
mod network;
mod refresh;

pub(super) use self::fetch::{FetchError, HttpClient};
#[cfg(fuzzing)]
pub(super) use self::metadata::read as read_metadata;
pub(super) use self::metadata::{Metadata, discover};
pub use self::network::Network;
pub(super) use self::refresh::RemoteKeys;
