//! The client's half of **stepup**: where an API asks for a stronger or more recent login
//! (RFC 9470), the call pauses, the user steps up, and the call goes on.
//!
//! ```
//! use stepup_client::{AccessToken, BuildError, Stepper, StepUp};
//!
//! # #[cfg(feature = "middleware")]
//! fn client(
//!     login: AccessToken,
//!     stepper: impl Stepper,
//! ) -> Result<reqwest_middleware::ClientWithMiddleware, BuildError> {
//!     let step_up = StepUp::builder(login, stepper).origin("https://api.example").build()?;
//!     Ok(step_up.client(reqwest::Client::builder())?.build())
//! }
//! ```
//!
//! From then on requests are made as ever:
//!
//! ```
//! # #[cfg(feature = "middleware")]
//! async fn transfer(
//!     http: &reqwest_middleware::ClientWithMiddleware,
//! ) -> reqwest_middleware::Result<reqwest::Response> {
//!     http.post("https://api.example/transfers").body(r#"{"to":"bob","amount":5}"#).send().await
//! }
//! ```
//!
//! [`StepUp`] decides which token is sent and what is done about a challenge. A [`Stepper`] has the
//! user step up: [`AuthorityStepper`] (feature `authority`) at a `stepup-authority`,
//! [`OAuthStepper`] and [`DeviceStepper`] (feature `oauth`) at any OpenID Provider, or one of your
//! own. For other HTTP clients than `reqwest` there is [`StepUp::call`].
//!
//! A middleware that signs requests (DPoP) or logs them is added to [`StepUp::client`], so that it
//! sees every request that is sent. Tokens show themselves in no `Debug` and no log of this crate.

#[cfg(feature = "authority")]
mod authority;
mod challenge;
mod client;
mod error;
#[cfg(feature = "oauth")]
mod oauth;
mod origin;
mod reason;
#[cfg(any(feature = "authority", feature = "oauth"))]
mod remote;
mod source;
mod stepper;
mod token;

#[cfg(feature = "authority")]
pub use authority::{Answer, AuthorityStepper, Offer, Prompter, Question, Trouble};
pub use challenge::{Challenge, Dialects, MalformedChallenge, read_challenges};
pub use client::{StepUp, StepUpBuilder};
pub use error::{BuildError, CallError, Error, NotReplayable};
#[cfg(feature = "oauth")]
pub use oauth::{DeviceStepper, OAuthClient, OAuthStepper, UserCode};
pub use source::{BoxFuture, SourceError, TokenSource};
pub use stepper::{Asked, StepUpError, Stepper};
pub use token::{AccessToken, SteppedUp};
