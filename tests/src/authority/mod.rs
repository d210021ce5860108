//! An authority, the API of the tests beside it, and users who call both.

mod events;
mod instance;
mod kept;
mod outbox;
mod phone;
mod security_key;
mod setup;
mod totp_app;
mod user;

pub use events::{Events, Happened};
pub use instance::serve;
pub use kept::{Kept, Place};
pub use outbox::{Outbox, Sent};
pub use phone::{Phone, addressed, heard};
pub use security_key::{Maker, SecurityKey};
pub use setup::{Service, Setup};
pub use totp_app::TotpApp;
pub use user::{Ceremony, User};

/// The authority's `iss`.
pub const AUTHORITY: &str = "https://bank.example";
/// The API that its tokens are for.
pub const BANK_API: &str = "https://bank.example/api";
