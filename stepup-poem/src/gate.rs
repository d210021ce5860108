//! Where a guard finds its gate.

use poem::Request;
use stepup_core::{Gate, Rejection, RequestHead};

use crate::question;

/// The gate that `.data(gate)` put beside the request. poem's routes have no typed state, so the
/// compiler cannot tell that one is there: [`check`](crate::check) does before the server listens.
/// It is a value of this request's own, as `.data` puts a clone into each.
///
/// With it what it looks at: a request of which the gate remembers something, a proof or who was let
/// in, is seen with the URI as it came, because a nested route takes its prefix off the other. One
/// that no server made, as in tests, has the other alone.
pub(crate) fn of_request(request: &Request) -> Result<(&Gate, RequestHead<'_>), Rejection> {
    let gate = request
        .data::<Gate>()
        .ok_or_else(|| Rejection::no_gate("add `.data(gate)` around the guarded routes"))?;
    let headers = question::headers(request);
    let original = request.original_uri();
    let uri = if gate.remembers(headers) && original != "/" { original } else { request.uri() };
    Ok((gate, RequestHead::new(request.method(), uri, headers)))
}
