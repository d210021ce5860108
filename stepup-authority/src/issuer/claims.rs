//! The claims of the tokens that the authority signs (RFC 9068 §2.2, RFC 7800 §3.1).

use serde::Serialize;

/// All there are: what is not here is in no token.
#[derive(Debug, Serialize)]
pub(crate) struct Claims<'a> {
    pub(crate) iss: &'a str,
    pub(crate) sub: &'a str,
    pub(crate) aud: &'a str,
    pub(crate) client_id: &'a str,
    /// In seconds since 1970, as the other two times.
    pub(crate) iat: u64,
    pub(crate) exp: u64,
    pub(crate) jti: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) scope: Option<&'a str>,
    pub(crate) acr: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(crate) amr: &'a [&'a str],
    pub(crate) auth_time: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cnf: Option<Confirmation<'a>>,
}

/// The key that the token is bound to (RFC 9449 §6.1).
#[derive(Debug, Serialize)]
pub(crate) struct Confirmation<'a> {
    pub(crate) jkt: &'a str,
}
