//! Factors that a provider keeps: it asks the user, and says whether the answer was right.

#[cfg_attr(
    not(all(feature = "auth0", feature = "oidc", feature = "okta", feature = "twilio")),
    allow(dead_code, reason = "no one provider needs all of it")
)]
#[cfg(any(feature = "auth0", feature = "oidc", feature = "okta", feature = "twilio"))]
mod http;

#[cfg(feature = "auth0")]
pub(super) mod auth0;
#[cfg(feature = "firebase")]
pub(super) mod firebase;
#[cfg(feature = "oidc")]
pub(super) mod oidc;
#[cfg(feature = "okta")]
pub(crate) mod okta;
#[cfg(any(feature = "auth0", feature = "okta", feature = "twilio"))]
mod pace;
#[cfg(feature = "twilio")]
pub(crate) mod twilio;
