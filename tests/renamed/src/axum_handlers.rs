//! Handlers for axum.

use renamed_axum::{Gate, Level, Require, Requirement, Verified, step_up};

/// Money leaves the house.
#[derive(Debug)]
pub struct Wire;

impl Require for Wire {
    const REQUIREMENT: Requirement = Requirement::level(Level::MFA).because("Money leaves.");
}

/// By the name in the manifest.
#[step_up(level = "mfa", crate = ::renamed_axum)]
pub async fn renamed(user: Verified) -> String {
    std::future::ready(user.subject().to_owned()).await
}

/// By a re-export, with every key.
#[step_up(
    level = "mfa",
    max_age = "5m",
    methods("pwd", "otp"),
    reason = "Closing an account cannot be undone.",
    crate = crate::house::for_axum
)]
pub async fn every_key() -> String {
    std::future::ready("alice".to_owned()).await
}

/// By a path from here.
#[step_up(Wire, crate = super::house::for_axum)]
pub async fn named() -> String {
    std::future::ready("alice".to_owned()).await
}

/// With a gate from elsewhere.
#[step_up(level = "mfa", gate = extension, crate = ::renamed_axum)]
pub async fn from_an_extension() -> String {
    std::future::ready("alice".to_owned()).await
}

/// Of a generic demand.
#[step_up(R, crate = ::renamed_axum)]
pub async fn generic<R: Require>() -> String {
    std::future::ready("alice".to_owned()).await
}

/// Handlers in an `impl`.
#[derive(Clone, Copy, Debug)]
pub struct Api;

impl Api {
    /// Associated.
    #[step_up(Wire, max_age = "5m", crate = ::renamed_axum)]
    pub async fn transfer() -> String {
        std::future::ready("alice".to_owned()).await
    }
}

/// Not for everybody.
#[step_up(level = "mfa", reason = "As visible as its handler.", crate = ::renamed_axum)]
pub(crate) async fn of_the_crate() -> String {
    std::future::ready("alice".to_owned()).await
}

/// What is of the crate only.
pub fn of_the_crate_only() -> axum::routing::MethodRouter<Gate> {
    renamed_axum::guarded::get(of_the_crate)
}
