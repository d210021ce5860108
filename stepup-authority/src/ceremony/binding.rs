//! Whose a ceremony is.

use base64_simd::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use stepup_core::Authentication;
use subtle::ConstantTimeEq;

use crate::sealing::digest_of;

/// Whose a ceremony is: user, client, session and key of the token that began it (ISS-04). A
/// digest, so that a store tells nobody's name.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Binding(String);

impl Binding {
    pub(crate) fn of(login: &Authentication) -> Self {
        // Where the issuer names no session, its beginning stands for it: a refresh keeps that.
        let session = match (login.session(), login.auth_time(), login.token_id()) {
            (Some(session), ..) => format!("session {session}"),
            (None, Some(at), _) => format!("login {}", at.as_secs()),
            (None, None, Some(token)) => format!("token {token}"),
            (None, None, None) => String::new(),
        };
        let digest = digest_of(&[
            "binding",
            login.issuer(),
            login.subject(),
            login.client_id().unwrap_or_default(),
            &session,
            login.key_thumbprint().unwrap_or_default(),
        ]);
        Self(URL_SAFE_NO_PAD.encode_to_string(digest))
    }
}

impl Binding {
    /// Enough of it to tell the sessions of one user apart.
    pub(crate) fn short(&self) -> &str {
        self.0.get(..8).unwrap_or_default()
    }
}

impl PartialEq for Binding {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Binding {}

#[cfg(test)]
mod tests {
    use stepup_core::Timestamp;

    use super::*;

    fn login(issuer: &str, subject: &str) -> Authentication {
        Authentication::of_user(issuer, subject, Timestamp::MAX)
    }

    /// C1, T22, T23: another user, client, session or key is another's ceremony.
    #[test]
    fn c1_t22_t23_a_binding_is_of_one_user_client_session_and_key() {
        let at = Timestamp::from_secs;
        let logins = [
            login("i", "alice"),
            login("j", "alice"),
            login("i", "bob"),
            login("i", "alice").with_client_id("web"),
            login("i", "alice").with_session("1"),
            login("i", "alice").with_session("2"),
            login("i", "alice").with_session("1").with_key_thumbprint("k"),
            login("i", "alice").with_auth_time(at(1)),
            login("i", "alice").with_auth_time(at(2)),
            login("i", "alice").with_token_id("1"),
        ];
        for (i, a) in logins.iter().enumerate() {
            for (j, b) in logins.iter().enumerate() {
                assert_eq!(Binding::of(a) == Binding::of(b), i == j, "{i} and {j}");
            }
        }
    }

    #[test]
    fn a_refreshed_token_is_of_the_same_session() {
        let first = login("i", "alice").with_auth_time(Timestamp::from_secs(1)).with_token_id("1");
        let second = first.clone().with_token_id("2").with_issued_at(Timestamp::from_secs(9));
        assert_eq!(Binding::of(&first), Binding::of(&second));
        let first = first.with_session("s");
        let second = first.clone().with_auth_time(Timestamp::from_secs(5));
        assert_eq!(Binding::of(&first), Binding::of(&second));
    }
}
