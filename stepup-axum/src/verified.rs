//! Who calls, whatever their level.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;
use stepup_core::Authentication;

use crate::gate::{self, FindGate, FromState};
use crate::rejection::Rejection;

/// The verified [`Authentication`] behind a request, whatever its level. It verifies by itself,
/// beside `#[step_up]` and where no guard stands; a caller without a valid token does not get in.
///
/// ```
/// use axum::{Router, routing::get};
/// use stepup_axum::{Gate, Verified};
///
/// async fn accounts(user: Verified) -> String {
///     format!("the accounts of {}", user.subject())
/// }
/// let app: Router<Gate> = Router::new().route("/accounts", get(accounts));
/// ```
pub struct Verified<G = FromState> {
    authentication: Arc<Authentication>,
    source: PhantomData<fn() -> G>,
}

impl<G> Deref for Verified<G> {
    type Target = Authentication;

    fn deref(&self) -> &Authentication {
        &self.authentication
    }
}

impl<S, G> FromRequestParts<S> for Verified<G>
where
    S: Send + Sync,
    G: FindGate<S>,
{
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let gate = G::find(parts, state)?;
        let (gate, head) = gate::of_request(&gate, parts);
        let authentication = gate.verify_in_request(head).await?;
        Ok(Self { authentication, source: PhantomData })
    }
}

/// Says nothing of the caller: `#[instrument]` prints arguments.
impl<G> fmt::Debug for Verified<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified").finish_non_exhaustive()
    }
}
