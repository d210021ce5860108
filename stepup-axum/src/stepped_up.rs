//! Proof that a requirement held for this request.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;
use stepup_core::{Authentication, Check, Gate, Require};

use crate::gate::{self, FindGate, FromState};
use crate::rejection::Refused;

/// Proof that `R` held when this request came in. Only a [`Gate`] makes one.
///
/// `#[step_up(…)]` adds it as the handler's first argument, so that the decision falls before any
/// other extractor runs and before the body is read. Write it by hand where a function deeper
/// inside shall not be callable without it:
///
/// ```
/// use axum::{Router, routing::post};
/// use stepup_axum::{Gate, MaxAge, SteppedUp, level};
///
/// type Transfer = (level::Mfa, MaxAge<300>);
///
/// /// Cannot be called without the proof, wherever the call stands.
/// fn move_money(_: &SteppedUp<Transfer>, cents: u64) -> String {
///     format!("{cents} moved")
/// }
///
/// async fn transfer(proof: SteppedUp<Transfer>) -> String {
///     move_money(&proof, 100)
/// }
///
/// let app: Router<Gate> = Router::new().route("/transfers", post(transfer));
/// ```
///
/// It is neither `Clone` nor `Default`, and `Option<SteppedUp<…>>` is not an extractor: a handler
/// that has it has been admitted.
pub struct SteppedUp<R, G = FromState> {
    authentication: Arc<Authentication>,
    held: PhantomData<fn() -> (R, G)>,
}

impl<R: Require, G> SteppedUp<R, G> {
    /// What was verified about the caller.
    ///
    /// ```
    /// use stepup_axum::{SteppedUp, level};
    /// async fn who(proof: SteppedUp<level::Mfa>) -> String {
    ///     proof.authentication().subject().to_owned()
    /// }
    /// ```
    #[must_use]
    pub fn authentication(&self) -> &Authentication {
        &self.authentication
    }

    /// Whether the requirement holds still: ask before each message of a stream or socket, which
    /// outlives the request that opened it.
    ///
    /// ```
    /// use stepup_axum::{Gate, MaxAge, SteppedUp};
    /// fn may_go_on(proof: &SteppedUp<MaxAge<300>>, gate: &Gate) -> bool {
    ///     proof.still_holds(gate)
    /// }
    /// ```
    #[must_use]
    pub fn still_holds(&self, gate: &Gate) -> bool {
        gate.still_holds(&self.authentication, &R::REQUIREMENT)
    }
}

impl<S, R, G> FromRequestParts<S> for SteppedUp<R, G>
where
    S: Send + Sync,
    R: Require,
    G: FindGate<S>,
{
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let admitted = async {
            let gate = G::find(parts, state)?;
            let (gate, head) = gate::of_request(&gate, parts);
            gate.admit_in_request(head, &R::REQUIREMENT).await
        };
        let authentication = admitted.await.map_err(|rejection| {
            Check::refused(&parts.extensions);
            Refused::from(rejection)
        })?;
        Ok(Self { authentication, held: PhantomData })
    }
}

/// Says nothing of the caller: `#[instrument]` prints arguments.
impl<R, G> fmt::Debug for SteppedUp<R, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SteppedUp").finish_non_exhaustive()
    }
}
