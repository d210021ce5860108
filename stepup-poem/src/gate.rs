//! Where a guard finds its gate.

use poem::Request;
use stepup_core::{Gate, Rejection, RequestHead};

/// The gate that `.data(gate)` put beside the request. poem's routes have no typed state, so the
/// compiler cannot tell that one is there: [`check`](crate::check) does before the server listens.
/// A value of this request's own: `.data` puts a clone into each.
pub(crate) fn find(request: &Request) -> Result<&Gate, Rejection> {
    request
        .data::<Gate>()
        .ok_or_else(|| Rejection::no_gate("add `.data(gate)` around the guarded routes"))
}

/// With the URI as it came: a nested route takes its prefix off the other. A request that no server
/// made, as in tests, has the other alone.
pub(crate) fn head(request: &Request) -> RequestHead<'_> {
    let original = request.original_uri();
    let uri = if original == "/" { request.uri() } else { original };
    RequestHead::new(request.method(), uri, request.headers())
}
