//! Proof that a requirement held for this request.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use poem::{FromRequest, Request, RequestBody, Result};
use stepup_core::{Authentication, Check, Gate, Require};

use crate::rejection::Refused;
use crate::{gate, question};

/// Proof that `R` held when this request came in. Only a [`Gate`] makes one.
///
/// `#[step_up(…)]` adds it as the handler's first argument, so that the decision falls before any
/// other extractor runs and before the body is read. Write it by hand where a function deeper
/// inside shall not be callable without it:
///
/// ```
/// use poem::{Route, handler, post};
/// use stepup_poem::{Gate, MaxAge, SteppedUp, level};
///
/// type Transfer = (level::Mfa, MaxAge<300>);
///
/// /// Cannot be called without the proof, wherever the call stands.
/// fn move_money(_: &SteppedUp<Transfer>, cents: u64) -> String {
///     format!("{cents} moved")
/// }
///
/// #[handler]
/// async fn transfer(proof: SteppedUp<Transfer>) -> String {
///     move_money(&proof, 100)
/// }
///
/// let app = Route::new().at("/transfers", post(transfer));
/// ```
///
/// It is neither `Clone` nor `Default`. poem makes `Option` and `Result` of any extractor: a
/// handler that takes `Option<SteppedUp<…>>` runs for everybody, with `None` for those who fell
/// short, and each such run is logged as an error. [`guarded`](crate::guarded) routes refuse it.
pub struct SteppedUp<R> {
    authentication: Arc<Authentication>,
    held: PhantomData<fn() -> R>,
}

impl<R: Require> SteppedUp<R> {
    /// What was verified about the caller.
    ///
    /// ```
    /// use poem::handler;
    /// use stepup_poem::{SteppedUp, level};
    /// #[handler]
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
    /// use stepup_poem::{Gate, MaxAge, SteppedUp};
    /// fn may_go_on(proof: &SteppedUp<MaxAge<300>>, gate: &Gate) -> bool {
    ///     proof.still_holds(gate)
    /// }
    /// ```
    #[must_use]
    pub fn still_holds(&self, gate: &Gate) -> bool {
        gate.still_holds(&self.authentication, &R::REQUIREMENT)
    }
}

impl<'a, R: Require> FromRequest<'a> for SteppedUp<R> {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let admitted = async {
            let (gate, head) = gate::of_request(request)?;
            gate.admit_in_request(head, &R::REQUIREMENT).await
        };
        let authentication = admitted.await.map_err(|rejection| {
            Check::refused(request.extensions());
            Refused::from(rejection)
        })?;
        question::end(request)?;
        Ok(Self { authentication, held: PhantomData })
    }
}

/// Says nothing of the caller: `#[instrument]` prints arguments.
impl<R> fmt::Debug for SteppedUp<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SteppedUp").finish_non_exhaustive()
    }
}
