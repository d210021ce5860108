//! What the provider sent the user back with.

use std::time::Duration;

use stepup_core::Timestamp;
use subtle::ConstantTimeEq;

use crate::factor::{Answer, Checked};

/// Bytes of a code: none is as long.
const LONGEST_CODE: usize = 4096;

/// Seconds after which a provider that has trouble is asked again.
const TROUBLE: Duration = Duration::from_secs(30);

/// The answer that the client posts: the query of its page, as it came.
pub(super) struct Redirected<'a> {
    state: &'a str,
    issuer: Option<&'a str>,
    pub(super) came_with: CameWith<'a>,
}

pub(super) enum CameWith<'a> {
    Code(&'a str),
    Error(&'a str),
}

impl<'a> Redirected<'a> {
    pub(super) fn read(answer: Answer<'a>) -> Option<Self> {
        let text = |name: &str| match answer.member(name) {
            None => Some(None),
            Some(value) => Some(Some(value.as_str()?)),
        };
        let came_with = match (text("code")?, text("error")?) {
            (Some(code), None) if !code.is_empty() && code.len() <= LONGEST_CODE => {
                CameWith::Code(code)
            }
            (None, Some(error)) => CameWith::Error(error),
            _ => return None,
        };
        Some(Self { state: text("state")??, issuer: text("iss")?, came_with })
    }

    /// Whether it answers this request of ours, an error too.
    pub(super) fn is_of(&self, state: &str) -> bool {
        self.state.as_bytes().ct_eq(state.as_bytes()).into()
    }

    /// Whether it is of this provider (RFC 9207 §2.4): a code of another's is shown to nobody.
    pub(super) fn is_from(&self, issuer: &str, names_itself: bool) -> bool {
        self.issuer.map_or(!names_itself, |stated| stated == issuer)
    }
}

/// What an error of the authorization endpoint means (RFC 6749 §4.1.2.1, OpenID Connect Core 1.0
/// §3.1.2.6, RFC 9126 §2.3).
pub(super) fn refusal(error: &str, method: &str, now: Timestamp) -> Checked {
    match error {
        "access_denied" => Checked::Denied,
        // Of OpenID Connect Core Error Code unmet_authentication_requirements 1.0: the account
        // there cannot do what is needed.
        "unmet_authentication_requirements" => Checked::Gone,
        "login_required"
        | "interaction_required"
        | "account_selection_required"
        | "consent_required"
        | "invalid_request_uri" => Checked::Expired,
        "temporarily_unavailable" | "server_error" => Checked::Unavailable(now.plus(TROUBLE)),
        other => {
            // It came through the client, so it says no more than a name.
            let known = [
                "invalid_request",
                "unauthorized_client",
                "unsupported_response_type",
                "invalid_scope",
                "invalid_request_object",
                "request_not_supported",
                "request_uri_not_supported",
                "registration_not_supported",
            ];
            let error = known.into_iter().find(|known| *known == other).unwrap_or("another");
            tracing::error!(method, error, "an OpenID Provider refuses to ask the user");
            Checked::Unavailable(now.plus(TROUBLE))
        }
    }
}
