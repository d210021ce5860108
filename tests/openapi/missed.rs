//! What is described and not reached here, each with its reason.

use crate::description::Status;

const BREAKS_OFF: &str = "the request's body breaks off, which needs a connection that does";

/// Method, path, status, why.
const KNOWN: [(&str, &str, u16, &str); 5] = [
    ("GET", "/.well-known/jwks.json", 400, BREAKS_OFF),
    ("HEAD", "/.well-known/jwks.json", 400, BREAKS_OFF),
    ("GET", "/.well-known/oauth-authorization-server", 400, BREAKS_OFF),
    ("HEAD", "/.well-known/oauth-authorization-server", 400, BREAKS_OFF),
    ("GET", "/step-up/methods/push/devices/{device}/requests", 400, BREAKS_OFF),
];

pub fn known() -> impl Iterator<Item = Status> {
    KNOWN.into_iter().map(|(method, path, status, _)| (method.into(), path.into(), status))
}

pub fn is_known(status: &Status) -> bool {
    known().any(|known| known == *status)
}
