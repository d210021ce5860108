//! Who calls, whatever their level.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use poem::{FromRequest, Request, RequestBody, Result};
use stepup_core::Authentication;

use crate::gate;
use crate::rejection::Rejection;

/// The verified [`Authentication`] behind a request, whatever its level. It verifies by itself,
/// beside `#[step_up]` and where no guard stands; a caller without a valid token does not get in.
///
/// ```
/// use poem::{Route, get, handler};
/// use stepup_poem::Verified;
///
/// #[handler]
/// async fn accounts(user: Verified) -> String {
///     format!("the accounts of {}", user.subject())
/// }
/// let app = Route::new().at("/accounts", get(accounts));
/// ```
pub struct Verified {
    authentication: Arc<Authentication>,
}

impl Deref for Verified {
    type Target = Authentication;

    fn deref(&self) -> &Authentication {
        &self.authentication
    }
}

impl<'a> FromRequest<'a> for Verified {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let verified = async {
            let (gate, head) = gate::of_request(request)?;
            gate.verify_in_request(head).await
        };
        let authentication = verified.await.map_err(Rejection::from)?;
        Ok(Self { authentication })
    }
}

/// Says nothing of the caller: `#[instrument]` prints arguments.
impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified").finish_non_exhaustive()
    }
}
