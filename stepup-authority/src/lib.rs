//! Proves who users are, for services whose identity provider cannot step up: ceremonies, factors,
//! and stepped-up tokens for any API that is guarded with `stepup-axum` or `stepup-poem`.
//!
//! A service of one process that is all of it, its login, an authority, and an API:
//!
//! ```no_run
//! use std::{sync::Arc, time::Duration};
//!
//! use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
//! use stepup_authority::factor::{RecoveryCodes, Totp};
//! use stepup_authority::store::MemoryStore;
//! use stepup_authority::{Authority, FirstEnrolment, Issuer, Login, SealingKeys};
//! use stepup_axum::{Method, guarded, step_up};
//!
//! # fn password_is_right(_: &Credentials) -> bool { true }
//! #[derive(serde::Deserialize)]
//! struct Credentials { user: String, password: String }
//!
//! async fn login(issuer: State<Issuer>, who: Json<Credentials>) -> Result<String, StatusCode> {
//!     if !password_is_right(&who) {
//!         return Err(StatusCode::UNAUTHORIZED);
//!     }
//!     let login = Login::of(&who.user).method(Method::PWD);
//!     issuer.issue_login(login).await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)
//! }
//!
//! #[step_up(level = "mfa", max_age = "5m")]
//! async fn transfer() -> &'static str {
//!     "done"
//! }
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let sealing = Arc::new(SealingKeys::from_env("STEPUP_SEALING_KEY")?);
//!     let issuer = Issuer::builder("http://localhost:3000", "http://localhost:3000/api")
//!         .open(Arc::new(MemoryStore::new()), sealing)
//!         .await?;
//!     let gate = issuer.gate().build()?;
//!     let authority = Authority::builder(issuer.clone(), gate.clone())
//!         .factor(Totp::new("Bank"))
//!         .factor(RecoveryCodes::new())
//!         .first_enrolment(FirstEnrolment::AfterLogin { within: Duration::from_secs(300) })
//!         .build()?;
//!     let api = Router::new().route("/transfers", guarded::post(transfer)).with_state(gate);
//!     let app = api.merge(Router::new().route("/login", post(login)).with_state(issuer));
//!     let app = stepup_axum::authority(app, &authority);
//!     Ok(axum::serve(tokio::net::TcpListener::bind("localhost:3000").await?, app).await?)
//! }
//! ```
//!
//! The gate answers a login's token with 401 and what lacks, the client repeats that with the same
//! token at `/step-up/ceremonies`, has the user answer a factor, and calls the API again with the
//! token that it gets. [`Authority`] says how it decides, [`Issuer`] where keys come from, [`store`] where all
//! of it is kept, and [`factor`] how to add a factor.
//!
//! Where a provider logs the users in, begin with `issuer.gate().trust(…)`: then its logins are
//! stepped up, and no login is issued here.
//!
//! | feature | brings |
//! |---|---|
//! | *(none)* | authenticator apps, recovery codes, codes by mail and text that you send, requests on users' devices, the store in memory |
//! | `smtp` | `SmtpMailer` |
//! | `text` | `TwilioSender` |
//! | `webauthn` | `WebAuthn`: passkeys and security keys |
//! | `oidc` | `OidcFactor`: a login at any OpenID Provider |
//! | `firebase` | `FirebaseFactor`: a sign-in at Firebase with a second factor |
//! | `auth0` | `Auth0Mfa`: authenticators that users have at Auth0, by its MFA API (with `oidc`) |
//! | `okta` | `Okta`: factors that users have at Okta |
//! | `twilio` | `TwilioVerify`: codes, authenticator apps and pushes by Twilio Verify |
//! | `sqlite`, `postgres` | `SqlStore` |
//! | `redis` | `RedisStore` |
//! | `push` | `PushWebhook` |
//! | `device` | `device`: what a user's device says to `Push` |
//! | `conformance` | the suite that every store has to pass: `store::conformance` |
//!
//! What it does not do: check passwords, keep users or sessions, log in or out, refresh tokens, give
//! codes for cookies, limit requests by address, or draw pages. No factor here but `WebAuthn` is
//! resistant to phishing, so no other reaches `phr`.

mod account;
mod authority;
mod books;
mod builder;
mod ceremony;
mod change_rules;
#[cfg(feature = "device")]
pub mod device;
mod event;
pub mod factor;
mod issuer;
mod json;
mod limits;
mod loopback;
mod no;
mod problem;
mod random;
mod sealing;
mod sends;
mod service;
mod start;
mod start_error;
pub mod store;
mod times;

pub use authority::{Authority, FirstEnrolment};
pub use builder::AuthorityBuilder;
pub use event::{Event, EventKind, EventSink, Notice, Notify};
pub use issuer::{Issuer, IssuerBuilder, Login, LoginError, SigningKey, SigningKeys};
pub use limits::Limits;
pub use sealing::SealingKeys;
pub use service::EnrolError;
pub use start_error::StartError;

/// For the fuzz targets, which are built with `--cfg fuzzing`.
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod __fuzz {
    pub use crate::factor::push::fuzz::device_statement;
    #[cfg(feature = "webauthn")]
    pub use crate::factor::webauthn_fuzz::webauthn_answer;
}
