//! Handlers for poem. Its `#[handler]` puts a `pub fn` into a function.
#![allow(unreachable_pub)]

use poem::handler;
use poem_openapi::OpenApi;
use poem_openapi::payload::PlainText;
use renamed_poem::{Level, Require, Requirement, Verified, step_up};

/// Money leaves the house.
#[derive(Debug)]
pub struct Wire;

impl Require for Wire {
    const REQUIREMENT: Requirement = Requirement::level(Level::MFA).because("Money leaves.");
}

/// By the name in the manifest.
#[step_up(level = "mfa", crate = ::renamed_poem)]
#[handler]
pub async fn renamed(user: Verified) -> String {
    std::future::ready(user.subject().to_owned()).await
}

/// By a re-export, with every key.
#[step_up(
    level = "mfa",
    max_age = "5m",
    methods("pwd", "otp"),
    reason = "Closing an account cannot be undone.",
    crate = crate::house::for_poem
)]
#[handler]
pub async fn every_key() -> String {
    std::future::ready("alice".to_owned()).await
}

/// By a path from here.
#[step_up(Wire, crate = super::house::for_poem)]
#[handler]
pub async fn named() -> String {
    std::future::ready("alice".to_owned()).await
}

/// Of a generic demand.
#[step_up(R, crate = ::renamed_poem)]
#[handler]
pub async fn generic<R: Require>() -> String {
    std::future::ready("alice".to_owned()).await
}

/// Methods of a poem-openapi service.
#[derive(Clone, Copy, Debug)]
pub struct Api;

#[step_up]
#[OpenApi]
impl Api {
    /// Moves money.
    #[oai(path = "/", method = "get")]
    #[step_up(Wire, max_age = "5m", crate = ::renamed_poem)]
    async fn transfer(&self) -> PlainText<String> {
        PlainText(std::future::ready("alice".to_owned()).await)
    }
}
