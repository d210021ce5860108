//! Where a guard finds its gate.

use poem::Request;
use stepup_core::{Gate, Rejection};

/// The gate that `.data(gate)` put beside the request. poem's routes have no typed state, so the
/// compiler cannot tell that one is there: [`check`](crate::check) does before the server listens.
pub(crate) fn find(request: &Request) -> Result<&Gate, Rejection> {
    request
        .data::<Gate>()
        .ok_or_else(|| Rejection::no_gate("add `.data(gate)` around the guarded routes"))
}
