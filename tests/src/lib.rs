//! What the tests share: an issuer that signs whatever it is told to, and one small API in both
//! frameworks that counts how often its handlers ran.

/// The guarded handlers that both frameworks have, and what each demands.
macro_rules! handlers_of_both {
    ($handlers:ident) => {
        $handlers! {
            single(level = "single-factor")
            mfa(level = "mfa")
            phr(level = "phr")
            phrh(level = "phrh")
            second(max_age = "1s")
            minute(max_age = "1m")
            fresh(max_age = "5m")
            mfa_fresh(level = "mfa", max_age = "5m")
            hwk(methods("hwk"))
            hwk_pin(level = "mfa", methods("hwk", "pin"), max_age = "5m")
            either(Either)
            either_method(EitherMethod)
            strictest(Strictest)
            wire(Wire)
            wire_sooner(Wire, max_age = "10s")
            scope(PayScope)
            scope_mfa(PayScopeMfa)
            reason(level = "mfa", reason = "Closing an account cannot be undone.")
        }
    };
}
pub(crate) use handlers_of_both;

macro_rules! routes_of_both {
    ($each:ident, $router:ident) => {
        $each!($router, single mfa phr phrh second minute fresh mfa_fresh hwk hwk_pin either
            either_method strictest wire wire_sooner scope scope_mfa reason)
    };
}
pub(crate) use routes_of_both;

mod api;
pub mod authority;
mod axum_api;
mod conduct;
mod issuer;
mod log;
mod loopback_issuer;
mod metered;
mod poem_api;
mod prover;
mod requirements;
mod served;
mod server;
pub mod servers;

pub use api::{Answer, Api, Framework, Payload};
pub use conduct::{Conduct, HUGE};
pub use issuer::{Issuer, Token};
pub use log::Log;
pub use loopback_issuer::{Asked, LoopbackIssuer};
pub use prover::{Proof, Prover};
pub use requirements::{Either, EitherMethod, Own, PayScope, PayScopeMfa, Strictest, Wire};
pub use served::Served;

use std::sync::Arc;

use stepup_core::{Gate, KeySet, ManualClock, Timestamp};

/// Compiles what the README shows.
#[doc = include_str!("../../README.md")]
#[cfg(doctest)]
pub struct Readme;

/// Compiles what the guide to guarding an API shows.
#[doc = include_str!("../../docs/guarding.md")]
#[cfg(doctest)]
pub struct GuardingGuide;

/// Runs what the guide to testing shows.
#[doc = include_str!("../../docs/testing.md")]
#[cfg(doctest)]
pub struct TestingGuide;

/// Compiles what the guide to adding an authority shows.
#[doc = include_str!("../../docs/adding-an-authority.md")]
#[cfg(doctest)]
pub struct AddingAnAuthority;

/// Compiles what the guide to running an authority shows.
#[doc = include_str!("../../docs/authority.md")]
#[cfg(doctest)]
pub struct AuthorityGuide;

/// Compiles what the guide to factors shows.
#[doc = include_str!("../../docs/factors.md")]
#[cfg(doctest)]
pub struct FactorGuide;

/// Compiles what the guide to pages and interfaces shows.
#[doc = include_str!("../../docs/browsers.md")]
#[cfg(doctest)]
pub struct BrowserGuide;

/// Compiles what the guide to clients shows.
#[doc = include_str!("../../docs/clients.md")]
#[cfg(doctest)]
pub struct ClientGuide;

/// Compiles what the providers' pages show.
#[cfg(doctest)]
pub mod providers {
    #[doc = include_str!("../../docs/providers/README.md")]
    pub struct Table;
    #[doc = include_str!("../../docs/providers/auth0.md")]
    pub struct Auth0;
    #[doc = include_str!("../../docs/providers/authx.md")]
    pub struct Authx;
    #[doc = include_str!("../../docs/providers/clerk.md")]
    pub struct Clerk;
    #[doc = include_str!("../../docs/providers/cognito.md")]
    pub struct Cognito;
    #[doc = include_str!("../../docs/providers/duende.md")]
    pub struct Duende;
    #[doc = include_str!("../../docs/providers/entra.md")]
    pub struct Entra;
    #[doc = include_str!("../../docs/providers/firebase.md")]
    pub struct Firebase;
    #[doc = include_str!("../../docs/providers/google.md")]
    pub struct Google;
    #[doc = include_str!("../../docs/providers/keycloak.md")]
    pub struct Keycloak;
    #[doc = include_str!("../../docs/providers/logto.md")]
    pub struct Logto;
    #[doc = include_str!("../../docs/providers/okta.md")]
    pub struct Okta;
    #[doc = include_str!("../../docs/providers/ory.md")]
    pub struct Ory;
    #[doc = include_str!("../../docs/providers/ping.md")]
    pub struct Ping;
    #[doc = include_str!("../../docs/providers/supabase.md")]
    pub struct Supabase;
    #[doc = include_str!("../../docs/providers/zitadel.md")]
    pub struct Zitadel;
}

/// The issuer that the gates trust.
pub const ISSUER: &str = "https://idp.example";
/// The API's own identifier.
pub const AUDIENCE: &str = "https://api.example";
/// The moment at which every test begins.
pub const NOW: u64 = 1_800_000_000;

/// A clock that reads [`NOW`].
pub fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(Timestamp::from_secs(NOW)))
}

/// A gate that trusts this issuer's keys, on this clock.
pub fn gate(issuer: &Issuer, clock: &Arc<ManualClock>) -> Gate {
    let keys = KeySet::from_jwks(issuer.jwks().as_bytes()).expect("the issuer's keys are good");
    Gate::builder(ISSUER, AUDIENCE)
        .keys(keys)
        .clock(clock.clone())
        .build()
        .expect("the gate's settings are good")
}

/// Runs a future to its end.
pub fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime can be made")
        .block_on(future)
}
